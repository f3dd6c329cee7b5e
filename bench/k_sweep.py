"""Costs against K, the neighbours that training draws from (the paper's Figure 2), small models.

Run as `python bench/k_sweep.py mnist/train-images-idx3-ubyte.gz WORK > bench/results/k-sweep.json`.
Every model has the same small shape (preset `mnist-small`), the same number of steps and the same
seed; only K differs. They are far from converged, and comparable with one another alone. Models
lie in the folder WORK, and a run that was interrupted goes on there. Priced are the bundled test
images.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from acncodec.analysis.costs import FloatModel, mean_and_error, tour_parents
from acncodec.analysis.provenance import provenance
from acncodec.container import atomic_output
from acncodec.data import bundled
from acncodec.exact.model import FrozenModel
from acncodec.exact.tables import GRID_BITS
from acncodec.images import load_dataset
from acncodec.ordering.tour import greedy_tour
from acncodec.training.loop import Budget, Trainer
from acncodec.training.recipe import preset
from acncodec.training.session import finish
from acncodec.training.source import ImageSource

PRESET = "mnist-small"
COUNTS = (1, 5, 10, 25, 50, 100, 250, 1000)
VALID = 10_000


def trained(data: Path, folder: Path, neighbours: int, steps: int, seed: int) -> FrozenModel:
    """The model for one K: from `folder` if it is there, else trained, resuming what was begun."""
    path, begun = folder / f"k{neighbours}.safetensors", folder / f"k{neighbours}.checkpoint"
    if path.exists():
        return FrozenModel.load(path)
    chosen = preset(PRESET)
    grey = load_dataset(data)
    intensities = np.array(grey.spec.values, np.uint8)[grey.pixels[:, 0]]
    train, valid = ImageSource(intensities[:-VALID]), ImageSource(intensities[-VALID:])
    recipe = replace(chosen.recipe, neighbours=neighbours, steps=steps)
    trainer = Trainer(chosen.config, recipe, train, valid, seed)
    if begun.exists():
        trainer.restore(begun)
    trainer.run(
        Budget(steps), begun,
        lambda entry: print(f"K = {neighbours}: step {entry.step}", file=sys.stderr),
        report_steps=200,
    )  # fmt: skip
    about = {"file": data.name, "images": len(train), "validation_images": len(valid)}
    model = finish(trainer, path.stem, PRESET, about)
    with atomic_output(path, force=False) as file:
        file.write(model.to_bytes())
    return model


def price(model: FrozenModel, samples: int, seed: int) -> dict[str, float]:
    """Costs of the bundled test images, nats an image."""
    data, floats = load_dataset(bundled()), FloatModel(model)
    shape = samples, data.count, model.config.latent_dim
    drawn = floats.sample(data.pixels, np.random.default_rng(seed).standard_normal(shape))
    tour = greedy_tour(np.round(drawn.codes * (1 << GRID_BITS)).astype(np.int64))
    costs = {
        "reconstruction": drawn.reconstruction_nats,
        "kl_unconditional": drawn.unconditional_kl_nats,
        "kl_tour": floats.schedule_kl(drawn, tour_parents(tour)),
    }
    means = {f"{name}_nats": mean_and_error(values)[0] for name, values in costs.items()}
    return means | {
        "unordered_nats": means["reconstruction_nats"] + means["kl_unconditional_nats"],
        "tour_nats": means["reconstruction_nats"] + means["kl_tour_nats"],
    }


def main() -> None:
    """Train what is missing, price everything, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="grey training images")
    parser.add_argument("work", type=Path, help="folder for models and checkpoints")
    parser.add_argument("--steps", type=int, default=4000, help="training steps of each model")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS, help="values of K")
    parser.add_argument("--samples", type=int, default=4, help="posterior samples an image")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for neighbours in options.counts:
        model = trained(options.data, options.work, neighbours, options.steps, options.seed)
        rows.append({"K": neighbours, **price(model, options.samples, seed=0)})
    result = {
        "kind": "k_sweep",
        "preset": PRESET,
        "budget": f"{options.steps} steps of {preset(PRESET).recipe.batch} images for each K",
        "seed": options.seed,
        "posterior_samples": options.samples,
        "rows": rows,
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
