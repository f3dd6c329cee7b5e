"""Costs against K, the neighbours that training draws from (the paper's Figure 2), small models.

Run as `python bench/k_sweep.py IMAGES LABELS WORK > bench/results/k-sweep.json`, with MNIST's
training images and labels. Every model has the same small shape (preset `mnist-small`), the same
number of steps and the same seed; only K differs (`bench/small_models.py`). Models lie in the
folder WORK, and a run that was interrupted goes on there. Priced are the bundled test images.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from small_models import PRESET, Choice, Data, accuracies, price, trained

from acncodec.analysis.provenance import provenance
from acncodec.training.recipe import preset

COUNTS = (1, 5, 10, 25, 100, 1000)


def main() -> None:
    """Train what is missing, price everything, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path, help="grey training images, IDX")
    parser.add_argument("labels", type=Path, help="their labels, IDX")
    parser.add_argument("work", type=Path, help="folder for models and checkpoints")
    parser.add_argument("--steps", type=int, default=2000, help="training steps of each model")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="values of K")
    parser.add_argument("--samples", type=int, default=4, help="posterior samples an image")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    data = Data.load(options.images, options.labels)
    rows = []
    for count in options.counts:
        choice = Choice(f"k{count}", {"neighbours": count})
        model = trained(data, options.work, choice, options.steps, options.seed)
        rows.append({
            "K": count, **price(model, options.samples, seed=0), **accuracies(model, data, seed=0),
            "model_sha256": model.model_id.hex(),
        })  # fmt: skip
    result = {
        "kind": "k_sweep",
        "preset": PRESET,
        "budget": f"{options.steps:,} steps of {preset(PRESET).recipe.batch} images",
        "images": 10_000,
        "seed": options.seed,
        "posterior_samples": options.samples,
        "rows": rows,
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
