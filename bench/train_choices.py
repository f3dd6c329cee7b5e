r"""What a choice of training is worth on images that are held back: a set trained with several
settings.

    python bench/train_choices.py DATA WORK --minutes 5 [--first 3000] \
        --row "train.mirror=false" --row "train.mirror=true" > RESULT.json

DATA is an .npy, of which the first images are taken. For each row `acncodec train DATA --minutes M`
trains what the images choose, but for the settings of the row (as its `--set`), on one thread; told
is the cheapest that the images held back became at any checkpoint, which is what the model then is.
A row that is done lies in WORK.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from acncodec.analysis.provenance import provenance
from acncodec.training.progress import Report
from acncodec.training.session import train_model


def row(data: Path, settings: str, minutes: float) -> dict[str, Any]:
    """A training with some settings, `KEY=VALUE` with spaces between."""
    reports: list[Report] = []
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        model = train_model(
            data, Path(folder, "tried.safetensors"), report=reports.append, minutes=minutes,
            settings=tuple(settings.split()),
        )  # fmt: skip
    costs = [
        each.valid_reconstruction_nats / (each.valid_samples * math.log(2))
        for each in reports
        if each.valid_reconstruction_nats is not None and each.valid_samples
    ]
    return {
        "settings": settings, "bits_per_dim": min(costs), "last_bits_per_dim": costs[-1],
        "steps": model.card["steps"], "parameters": model.parameters,
    }  # fmt: skip


def main() -> None:
    """Train what is missing, and print one JSON object."""
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split("\n\n")[0].split()))
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--first", type=int, help="images to take (all)")
    parser.add_argument("--row", action="append", required=True, metavar="SETTINGS")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    images = np.load(options.data)[: options.first]
    rows = []
    for settings in options.row:
        told = f"{settings}|{len(images)}|{options.minutes:g}"
        name = f"{options.data.stem}-train-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
        path = options.work / f"{name}.json"
        if not path.exists():
            with tempfile.TemporaryDirectory() as folder:
                taken = Path(folder, options.data.name)
                np.save(taken, images)
                path.write_text(json.dumps(row(taken, settings, options.minutes)))
        rows.append(json.loads(path.read_text()))
    result = {
        "kind": "train_choices", "data": options.data.name, "images": len(images),
        "minutes": options.minutes, "rows": rows,
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
