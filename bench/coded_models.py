"""Size of a coded model against what its rounding costs, without any training after it.

    python bench/coded_models.py MODEL DATA [--set-images N] [--images N] > FILE.json

MODEL is a model file with its float weights, DATA images that it takes. Steps are those that
`compress --fit` would take for a set of --set-images such images, times each coarseness; what
pixels cost is measured on --images of DATA, by the float networks.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from acncodec.analysis.provenance import provenance
from acncodec.images import DataSet, load_dataset
from acncodec.learning.fitting import Fitted
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.rounding import choose_steps, squared_gradients
from acncodec.learning.source import LevelSource, step_generator
from acncodec.models.build import float_networks, freeze_model
from acncodec.models.coded import code_model
from acncodec.models.frozen import FrozenModel

COARSENESS = (0.25, 0.5, 1.0, 1.7, 3.0, 5.0)
BATCH = 16
BATCHES = 64
"""From which the curvature is estimated."""


def curvature(net: FloatNetworks, source: LevelSource, images: int) -> dict[str, Tensor]:
    """Of what `images` images cost, nats, in each weight."""
    sums: dict[str, Tensor] = {}
    for index in range(BATCHES):
        generator = step_generator(1, index)
        rows = torch.randint(len(source), (BATCH,), generator=generator)
        net.zero_grad()
        torch.autograd.backward(pixel_nats(net, source, rows).mean())
        squared_gradients(net, sums, BATCH)
    return {name: total * (images / BATCHES) for name, total in sums.items()}


def pixel_nats(net: FloatNetworks, source: LevelSource, rows: Tensor) -> Tensor:
    """What images cost, nats, (n,)."""
    x = source.draw(rows, step_generator(1, 0))
    return net.nats(x, x.new_zeros(len(x), 0), source.levels)


def bits_per_dim(net: FloatNetworks, source: LevelSource) -> float:
    """Of all images."""
    with torch.no_grad():
        parts = torch.split(torch.arange(len(source)), 50)
        total = math.fsum(float(pixel_nats(net, source, rows).sum()) for rows in parts)
    return total / (len(source) * math.prod(source.shape)) / math.log(2)


def measure(model: FrozenModel, data: DataSet, set_images: int, images: int) -> dict[str, Any]:
    """A row for each coarseness, and what there is to compare them with."""
    net = float_networks(model)
    source = LevelSource(data.pixels, data.levels)
    tested = LevelSource(data.pixels[:images], data.levels)
    bends = curvature(net, source, set_images)
    calibration = source.draw(torch.arange(min(200, len(source))), step_generator(1, 0))
    weights = sum(value.numel() for value in net.parameters() if value.ndim > 1)
    plain = bits_per_dim(net, tested)
    rows = []
    for coarseness in COARSENESS:
        rounded = copy.deepcopy(net)
        choose_steps(net, bends, coarseness).round(rounded)
        frozen = freeze_model(
            model.family, rounded, Fitted(levels=data.levels), calibration, model.name, {}
        )
        size, cost = len(code_model(frozen)), bits_per_dim(rounded, tested)
        rows.append(
            {
                "coarseness": coarseness,
                "model_bytes": size,
                "bits_a_weight": round(8 * size / weights, 3),
                "bits_per_dim": round(cost, 5),
                "loss_percent": round(100 * (cost / plain - 1), 3),
            }
        )
    whole = len(code_model(model))
    return {
        "kind": "coded_models", "model": model.name, "model_sha256": model.model_id.hex(),
        "weights": weights, "set_images": set_images, "images": len(tested),
        "bits_per_dim": round(plain, 5),
        "unrounded_bytes": whole, "unrounded_bits_a_weight": round(8 * whole / weights, 3),
        "rows": rows,
    }  # fmt: skip


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("--set-images", type=int, default=10_000)
    parser.add_argument("--images", type=int, default=200)
    options = parser.parse_args()
    torch.set_num_threads(1)
    found = {"data": options.data.as_posix()} | measure(
        FrozenModel.load(options.model), load_dataset(options.data), options.set_images,
        options.images,
    )  # fmt: skip
    print(json.dumps(provenance() | found, indent=2))


if __name__ == "__main__":
    main()
