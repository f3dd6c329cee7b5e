"""How `mnist` is trained: small models that differ in optimiser, KL weight and latent.

    python bench/mnist_recipe.py GREY.npz HELD-BACK.npz WORK [--only NAME ...] \
        > bench/results/mnist-recipe.json

GREY: labelled digits that are binarised by a new draw at each use; HELD-BACK: labelled binary
images, by which alone anything is chosen (`bench/static_digits.py` for both). Each model has the
shape of the preset `mnist-small` with one Gaussian a dimension, and the same number of steps. A row
that is done lies in WORK and is not trained again. Costs are an image's of those held back, nats,
with neighbours as in training; a linear classifier and 5 nearest neighbours learn from the codes of
one draw.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from small_models import Choice, accuracies, labelled

from acncodec.analysis.probes import Labelled, Split
from acncodec.analysis.provenance import provenance
from acncodec.families.registry import find_preset
from acncodec.learning.source import ImageSource, step_generator
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget

PRESET = "mnist-small"
MUON = {"optimizer": "muon", "learning_rate": 2e-3, "network_rate": 1.0}
ADAM = {"network_rate": 1.0}


def choices(steps: int) -> tuple[Choice, ...]:
    """What is tried. The KL's weight is 1 after half the run, or late: after 4/5 of it."""
    early = {"kl_ramp_steps": min(1000, steps // 2)}
    late = {"kl_start": 0.03, "kl_ramp_steps": 4 * steps // 5}
    return (
        Choice("Adam", ADAM | early),
        Choice("Muon", MUON | early),
        Choice("Muon at twice the rate", MUON | early | {"matrix_rate": 1e-2}),
        Choice("Muon, KL late", MUON | late),
        Choice("Muon at 0.6 of the rate, KL late", MUON | late | {"matrix_rate": 3e-3}),
        Choice("Muon, KL late, 24 dimensions", MUON | late, {"latent_dim": 24}),
        Choice("Muon, KL late, 32 dimensions", MUON | late, {"latent_dim": 32}),
    )


def row(
    choice: Choice, train: Labelled, held: Labelled, steps: int, seed: int
) -> dict[str, Any]:  # fmt: skip
    """Train a model, and what it costs and tells."""
    family, preset = find_preset(PRESET)
    recipe = replace(preset.recipe, steps=steps, checkpoint_steps=steps, **choice.recipe)
    config = replace(preset.config, prior_components=1, **choice.config)
    sources = [ImageSource(each.values) for each in (train, held)]
    trainer = Trainer(family, config, recipe, sources[0], sources[1], seed)
    trainer.run(Budget(steps), None, lambda _report: None)
    costs = trainer.validate(len(held.values))
    assert costs is not None  # there are images enough
    drawn = [
        trainer.encode(trainer.average, source, step_generator(seed, 0, 4)).numpy()
        for source in sources
    ]
    split = Split(Labelled(drawn[0], train.labels), Labelled(drawn[1], held.labels))
    return {
        "choice": choice.name, "steps": steps, "minutes": round(trainer.seconds / 60, 1),
        "kl_nats": costs.kl, "nats": costs.kl + costs.cost, **accuracies(split),
    }  # fmt: skip


def main() -> None:
    """Train what is missing, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("grey", type=Path)
    parser.add_argument("held", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="rows to train now")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    train, held = (labelled(path) for path in (options.grey, options.held))
    rows = []
    for choice in choices(options.steps):
        path = options.work / f"{choice.name.replace('/', '-')}-{options.steps}.json"
        if not path.exists() and (not options.only or choice.name in options.only):
            path.write_text(json.dumps(row(choice, train, held, options.steps, options.seed)))
        if path.exists():
            rows.append(json.loads(path.read_text()))
    result = {
        "kind": "held_back_choices", "train": options.grey.name, "held_back": options.held.name,
        "seed": options.seed, "rows": rows,
    }  # fmt: skip
    print(json.dumps(result | provenance(), indent=1))


if __name__ == "__main__":
    main()
