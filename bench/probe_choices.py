"""Which choices of training make codes tell the class: small models that differ in one of them.

Run as `python bench/probe_choices.py IMAGES LABELS WORK > bench/results/probe-choices.json`, with
MNIST's training images and labels. Models are those of `bench/small_models.py`, and lie in the
folder WORK, where a run that was interrupted goes on. Priced and probed are the bundled test
images.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from small_models import PRESET, Choice, Data, accuracies, price, trained

from acncodec.analysis.provenance import provenance
from acncodec.training.recipe import preset

LONGER = 2


def choices(steps: int) -> dict[str, Choice]:
    """What is tried, by the words that describe it."""
    return {
        "as the preset": Choice("k5"),
        "neighbours among all 50,000 codes": Choice("all-codes", {"pool": 0}),
        "encoder at the decoder's rate": Choice("rate", {"network_rate": 1.0}),
        "KL at half its weight": Choice(
            "light-kl", {"kl_start": 0.5, "kl_ramp_steps": 1_000_000_000}
        ),
        "decoder of half the width and depth": Choice(
            "weak-decoder", config={"decoder_filters": 8, "decoder_blocks": 2}
        ),
        "twice the steps": Choice("longer", {"steps": LONGER * steps}),
    }


def main() -> None:
    """Train what is missing, price and probe everything, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path, help="grey training images, IDX")
    parser.add_argument("labels", type=Path, help="their labels, IDX")
    parser.add_argument("work", type=Path, help="folder for models and checkpoints")
    parser.add_argument("--steps", type=int, default=2000, help="training steps of a model")
    parser.add_argument("--samples", type=int, default=4, help="posterior samples an image")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    data = Data.load(options.images, options.labels)
    rows = []
    for words, choice in choices(options.steps).items():
        model = trained(data, options.work, choice, options.steps, options.seed)
        rows.append({
            "choice": words, **price(model, options.samples, seed=0),
            **accuracies(model, data, seed=0), "model_sha256": model.model_id.hex(),
        })  # fmt: skip
    result = {
        "kind": "choices",
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
