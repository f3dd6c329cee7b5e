"""Auto-encoders side by side: trained as long as one another, probed, and compared with a Gaussian.

Run as `python bench/auto_encoders.py IMAGES LABELS WORK > bench/results/auto-encoders.json`, with
MNIST's training images and labels; models and checkpoints lie in the folder WORK, where a run that
was interrupted goes on. Of the training images the last 10,000 are held back. Tried on are those
(with `--held-back`, where something is to be chosen) or the bundled test images.

Of each model: a linear classifier and 5 nearest neighbours on the codes; how far codes are from a
Gaussian (`acncodec.analysis.normality`); and the squared error of what the decoder makes of codes,
beside that of class means.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from small_models import VALID, VOTES, Data, accuracies

from acncodec.analysis.embedding import mean_codes
from acncodec.analysis.normality import normality
from acncodec.analysis.probes import Labelled, Split
from acncodec.analysis.provenance import provenance
from acncodec.analysis.squared_errors import squared_errors
from acncodec.container import atomic_output
from acncodec.families.registry import find_preset
from acncodec.learning.source import ImageSource
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.training.finish import finish
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget

TESTED = 1000
"""Codes that are compared with a Gaussian: their distances are all that it takes."""


@dataclass(frozen=True)
class Choice:
    """A model: its preset, its name, and what differs from the preset's config and recipe."""

    preset: str
    name: str
    config: dict[str, Any] = field(default_factory=dict)
    recipe: dict[str, Any] = field(default_factory=dict)


PLAIN = {
    "network_rate": 1.0, "adversary": 10.0, "penalty": 0.0, "noise": 0.0, "kl_start": 1.0,
}  # fmt: skip
"""An adversary by which nothing keeps the balance."""
CHOICES = (
    Choice("autoencoder", "autoencoder"),
    Choice("autoencoder", "autoencoder-16", {"latent_dim": 16}),
    Choice("aae", "aae"),
    Choice("style", "style"),
    Choice("style", "style-8", {"latent_dim": 8}),
    Choice("style", "style-8-without-noise", {"latent_dim": 8}, {"noise": 0.0}),
    Choice("style", "style-8-plain", {"latent_dim": 8}, PLAIN),
    Choice("style", "style-8-quick", {"latent_dim": 8}, PLAIN | {"network_rate": 3.0}),
)
"""Of `style` also what its recipe is without one thing after the other."""


def trained(data: Data, folder: Path, choice: Choice, minutes: float, seed: int) -> FrozenModel:
    """The model of a choice: from `folder` if it is there, else trained, resuming what began."""
    folder.mkdir(parents=True, exist_ok=True)
    path, begun = (folder / f"{choice.name}.{end}" for end in ("safetensors", "checkpoint"))
    if path.exists():
        return FrozenModel.load(path)
    family, chosen = find_preset(choice.preset)
    train, valid = (
        ImageSource(data.images[rows], labels=data.labels[rows])
        for rows in (slice(-VALID), slice(-VALID, None))
    )
    config = replace(chosen.config.for_images(train.shape), **choice.config)
    recipe = replace(chosen.recipe, **choice.recipe)
    trainer = Trainer(family, config, recipe, train, valid, seed)
    if begun.exists():
        trainer.restore(begun)
    trainer.run(
        Budget(0, minutes), begun,
        lambda entry: print(
            f"{choice.name}: step {entry.step}, {entry.progress:.0%}, "
            f"{entry.reconstruction_nats:.2f} {entry.measures or ''}",
            file=sys.stderr,
        ),
        report_steps=200,
    )  # fmt: skip
    about = {"file": data.name, "images": len(train), "validation_images": len(valid)}
    model = finish(trainer, choice.name, choice.preset, about)
    with atomic_output(path, force=False) as file:
        file.write(model.to_bytes())
    return model


def measured(model: FrozenModel, split: Split, seed: int) -> dict[str, Any]:
    """The row of a model."""
    codes = split.mapped(partial(mean_codes, model))
    rows = np.random.default_rng(seed).permutation(len(codes.test.values))[:TESTED]
    with Workers(torch.get_num_threads(), 256) as workers:
        errors = squared_errors(model, split, workers)
    return {
        "model": model.name,
        "family": model.family.name,
        "dimensions": model.config.latent_dim,
        **accuracies(codes),
        "normality": asdict(normality(codes.test.values[rows], seed)),
        "squared_error": errors.codes,
        "class_means_squared_error": errors.class_means,
        "mean_squared_error": errors.mean,
        "share_of_class_means": errors.share,
        "parameters": model.parameters,
        "macs_per_image": model.macs_per_image,
        "steps": model.card["steps"],
        "minutes": model.card["minutes"],
        "model_sha256": model.model_id.hex(),
    }


def split_of(data: Data, *, held_back: bool) -> Split:
    """What probes learn from and what they are tried on: the bundled test images, or those of the
    training images that no model was trained on."""
    whole = data.split(seed=0)
    if not held_back:
        return whole
    images, labels = whole.train.values, whole.train.labels
    return Split(
        Labelled(images[:-VALID], labels[:-VALID]), Labelled(images[-VALID:], labels[-VALID:])
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what is missing, measure everything, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", type=Path, help="grey training images, IDX")
    parser.add_argument("labels", type=Path, help="their labels, IDX")
    parser.add_argument("work", type=Path, help="folder for models and checkpoints")
    parser.add_argument("--minutes", type=float, default=15.0, help="training time of a model")
    parser.add_argument("--only", action="append", metavar="NAME", help="one model (repeatable)")
    parser.add_argument("--held-back", action="store_true", help="try the images held back")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    wanted = [one for one in CHOICES if one.name in (options.only or [one.name])]
    data = Data.load(options.images, options.labels)
    models = [trained(data, options.work, one, options.minutes, options.seed) for one in wanted]
    split = split_of(data, held_back=options.held_back)
    result = {
        "kind": "auto_encoders",
        "tried_on": "held back" if options.held_back else "test",
        "train_images": len(split.train.labels),
        "images": len(split.test.labels),
        "neighbours": VOTES,
        "seed": options.seed,
        "rows": [measured(model, split, options.seed) for model in models],
        **provenance(),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
