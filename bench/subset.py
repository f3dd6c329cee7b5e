"""Writes the first images of the bundled set, with their labels: `bench/subset.py N OUT.npz`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from acncodec.data import bundled


def main() -> None:
    """Read the bundled arrays and write their first rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("output", type=Path)
    options = parser.parse_args()
    with np.load(bundled()) as arrays:
        np.savez(options.output, **{name: arrays[name][: options.count] for name in arrays.files})


if __name__ == "__main__":
    main()
