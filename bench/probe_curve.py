"""What codes tell of the class while a model is trained: probes of a run's kept checkpoints.

Run as `python bench/probe_curve.py IMAGES LABELS CHECKPOINT... > bench/results/probe-curve.json`,
with MNIST's training images and labels, and checkpoints of one run, as `acncodec train --keep`
leaves them. Codes are those of the averaged float encoder, the probes those of
`acncodec probe`, and tried on are the bundled test images.

The shares of digits that the linear classifier misses are drawn on as a power of the steps,
through all points (least squares of the logarithms), to the step at which TARGET would be reached.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from small_models import VOTES, Data, accuracies

from acncodec.analysis.probes import Split
from acncodec.analysis.provenance import provenance
from acncodec.families.registry import family_named
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.objectives import encode_source
from acncodec.learning.source import ImageSource
from acncodec.training.checkpoint import load_checkpoint

TARGET = 0.985
"""The share of digits that the classifier should tell."""


def averaged_networks(path: Path) -> tuple[FloatNetworks, dict[str, Any]]:
    """The networks with the averaged weights of a checkpoint, and what the checkpoint says."""
    tensors, meta = load_checkpoint(path)
    family = family_named(meta["kind"])
    net = family.build(family.config.from_json(meta["config"]))
    start = "average."
    net.load_state_dict(
        {key.removeprefix(start): value for key, value in tensors.items() if key.startswith(start)}
    )
    return net, meta


def codes(net: FloatNetworks, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean codes, float32 (N, D), of binary images, uint8 (N, 1, H, W)."""
    coded: NDArray[np.float32] = encode_source(
        net, ImageSource(images[:, 0]), torch.Generator()
    ).numpy()
    return coded


def probed(path: Path, split: Split) -> dict[str, Any]:
    """The row of one checkpoint."""
    net, meta = averaged_networks(path)
    return {"step": meta["step"]} | accuracies(split.mapped(partial(codes, net)))


def check_run(metas: Sequence[dict[str, Any]]) -> None:
    """Raise `SystemExit` unless all checkpoints are of one run, and each of another step."""
    for key in ("seed", "config", "recipe"):
        if any(meta[key] != metas[0][key] for meta in metas):
            raise SystemExit(f"the checkpoints are not of one run: their {key} differs")
    if len({meta["step"] for meta in metas}) < len(metas):
        raise SystemExit("two checkpoints are of the same step")


def drawn_on(rows: Sequence[dict[str, Any]], target: float = TARGET) -> dict[str, float]:
    """The power of the steps that the misses follow, and the steps at which `target` is met."""
    steps = np.log([row["step"] for row in rows])
    misses = np.log([1 - row["linear_accuracy"] for row in rows])
    power, start = np.polyfit(steps, misses, 1)
    return {
        "target": target,
        "power": round(float(power), 3),
        "steps": round(math.exp((math.log(1 - target) - start) / power), -3),
    }


def main() -> None:
    """Probe every checkpoint, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path, help="grey training images, IDX")
    parser.add_argument("labels", type=Path, help="their labels, IDX")
    parser.add_argument("checkpoints", type=Path, nargs="+")
    parser.add_argument("--seed", type=int, default=0, help="of the training images' draw")
    options = parser.parse_args()
    check_run([load_checkpoint(path)[1] for path in options.checkpoints])
    split = Data.load(options.images, options.labels).split(options.seed)
    rows = sorted(
        (probed(path, split) for path in options.checkpoints), key=lambda row: int(row["step"])
    )
    result = {
        "kind": "probe_curve",
        "images": len(split.test.labels),
        "neighbours": VOTES,
        "seed": options.seed,
        "rows": rows,
        "drawn_on": drawn_on(rows) if len(rows) > 1 else None,
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
