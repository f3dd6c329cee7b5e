"""Writes the measured test costs into a bundled model's card; the model id does not change.

`python bench/card.py mnist bench/results/mnist-10000.json`
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from acncodec.container import atomic_output
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import bundled_path


def main() -> None:
    """Read a result of `acncodec bench --json` and put its costs into the card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("result", type=Path)
    options = parser.parse_args()
    path = bundled_path(options.name)
    model = FrozenModel.load(path)
    result = json.loads(options.result.read_text(encoding="utf-8"))
    if result["model_sha256"] != model.model_id.hex():
        raise SystemExit(f"{options.result} is of another model")
    costs = {
        "images": result["images"],
        "reconstruction_nats": round(result["reconstruction_nats"], 3),
    }
    for name, row in result["orderings"].items():
        costs[f"{name}_bound_nats"] = round(row["bound_nats"], 3)
        costs[f"{name}_file_nats"] = round(row["file_nats"], 3)
    with atomic_output(path, force=True) as file:
        file.write(model.with_card(test=costs).to_bytes())


if __name__ == "__main__":
    main()
