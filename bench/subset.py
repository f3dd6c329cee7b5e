"""Writes the first images of the bundled test set, with their labels: `bench/subset.py N OUT.npz`.

With `--more train-binary.npz` (see `acncodec data fetch mnist`) training images follow the test
images, as many as are wanted: `bench/subset.py 70000 OUT.npz --more mnist/train-binary.npz`. Five
in six of those are images that the bundled model was trained on, in other binarisations.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from acncodec.data import bundled


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as arrays:
        return {name: arrays[name] for name in ("x", "y")}


def main() -> None:
    """Read the bundled arrays and write their first rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("output", type=Path)
    parser.add_argument("--more", type=Path, default=None)
    options = parser.parse_args()
    parts = [_arrays(path) for path in (bundled(), options.more) if path is not None]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in ("x", "y")}
    if len(joined["x"]) < options.count:
        raise SystemExit(f"there are only {len(joined['x'])} images")
    np.savez(options.output, **{name: array[: options.count] for name, array in joined.items()})


if __name__ == "__main__":
    main()
