"""Small models that differ in one choice of training: trained alike, priced and probed alike.

All have the shape of the preset `mnist-small`, the same number of steps and the same seed, unless
the choice is one of these. They are far from converged, and comparable with one another alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.costs import FloatModel, mean_and_error, tour_parents
from acncodec.analysis.embedding import mean_codes
from acncodec.analysis.probes import Labelled, Split, linear_accuracy, neighbour_accuracy
from acncodec.analysis.provenance import provenance
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.container import atomic_output
from acncodec.data import bundled
from acncodec.families.registry import find_preset
from acncodec.images import load_dataset
from acncodec.images.binarise import binarise
from acncodec.images.classes import find_labels, load_labels
from acncodec.learning.source import ImageSource
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.tours import greedy_tour
from acncodec.training.finish import finish
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget

PRESET = "mnist-small"
VALID = 10_000
VOTES = 5


@dataclass(frozen=True)
class Choice:
    """A model: what it is called, and what differs from the preset and the common budget."""

    name: str
    recipe: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Data:
    """Grey training images, uint8 (N, H, W), with labels (N,); a file's name for the record."""

    name: str
    images: NDArray[np.uint8]
    labels: NDArray[Any]

    @classmethod
    def load(cls, images: Path, labels: Path) -> Data:
        """Read two IDX files."""
        grey = load_dataset(images)
        values = np.array(grey.spec.values, np.uint8)
        return cls(images.name, values[grey.pixels[:, 0]], load_labels(labels, grey.count))

    def sources(self) -> tuple[ImageSource, ImageSource]:
        """What is trained on, and what is held back."""
        return ImageSource(self.images[:-VALID]), ImageSource(self.images[-VALID:])

    def split(self, seed: int) -> Split:
        """What probes learn from, the training images in one draw, and the bundled test images."""
        test, binary = load_dataset(bundled()), binarise(self.images, seed)[:, None]
        return Split(Labelled(binary, self.labels), Labelled(test.pixels, find_labels(test)))


def trained(data: Data, folder: Path, choice: Choice, steps: int, seed: int) -> FrozenModel:
    """The model of one choice: from `folder` if it is there, else trained, resuming what began."""
    folder.mkdir(parents=True, exist_ok=True)
    path, begun = (folder / f"{choice.name}.{end}" for end in ("safetensors", "checkpoint"))
    if path.exists():
        return FrozenModel.load(path)
    family, chosen = find_preset(PRESET)
    train, valid = data.sources()
    recipe = replace(chosen.recipe, **{"steps": steps, **choice.recipe})
    trainer = Trainer(family, replace(chosen.config, **choice.config), recipe, train, valid, seed)
    if begun.exists():
        trainer.restore(begun)
    trainer.run(
        Budget(recipe.steps), begun,
        lambda entry: print(f"{choice.name}: step {entry.step}", file=sys.stderr),
        report_steps=200,
    )  # fmt: skip
    about = {"file": data.name, "images": len(train), "validation_images": len(valid)}
    model = finish(trainer, choice.name, PRESET, about)
    with atomic_output(path, force=False) as file:
        file.write(model.to_bytes())
    return model


def price(model: FrozenModel, samples: int, seed: int) -> dict[str, float | None]:
    """Costs of the bundled test images, nats an image.

    `kl_nats` alone is of the images that were held back, whose neighbours are drawn as in training.
    """
    data, floats = load_dataset(bundled()), FloatModel(model)
    shape = samples, data.count, *model.latents.shape
    drawn = floats.sample(data.pixels, np.random.default_rng(seed).standard_normal(shape))
    tour = greedy_tour(np.round(drawn.codes * (1 << GRID_BITS)).astype(np.int64))
    costs = {
        "reconstruction": drawn.reconstruction_nats,
        "kl_unconditional": drawn.unconditional_kl_nats,
        "kl_tour": floats.schedule_kl(drawn, tour_parents(tour)),
    }
    means = {f"{name}_nats": mean_and_error(values)[0] for name, values in costs.items()}
    validation = model.card.get("validation", {})
    return means | {
        "kl_nats": validation.get("neighbour_kl_nats"),
        "unordered_nats": means["reconstruction_nats"] + means["kl_unconditional_nats"],
        "tour_nats": means["reconstruction_nats"] + means["kl_tour_nats"],
    }


def labelled(path: Path) -> Labelled:
    """Values of the pixels of an .npz (N, H, W), and classes."""
    data = load_dataset(path)
    return Labelled(np.array(data.spec.values, np.uint8)[data.pixels[:, 0]], find_labels(data))


def accuracies(codes: Split) -> dict[str, float]:
    """What probes of codes (N, D) tell of the class, in shares of 1."""
    return {
        "linear_accuracy": linear_accuracy(codes)[0],
        "knn_accuracy": neighbour_accuracy(codes, VOTES),
    }


def parser(about: str | None) -> argparse.ArgumentParser:
    """The command line that scripts on small models share."""
    shared = argparse.ArgumentParser(description=about)
    shared.add_argument("images", type=Path, help="grey training images, IDX")
    shared.add_argument("labels", type=Path, help="their labels, IDX")
    shared.add_argument("work", type=Path, help="folder for models and checkpoints")
    shared.add_argument("--steps", type=int, default=2000, help="training steps of a model")
    shared.add_argument("--samples", type=int, default=4, help="posterior samples an image")
    shared.add_argument("--seed", type=int, default=1)
    return shared


def measure(
    kind: str, choices: Sequence[tuple[dict[str, Any], Choice]], options: argparse.Namespace
) -> str:
    """Train what is missing, price and probe everything: the result of `kind` as JSON.

    choices: what a row begins with, and the model that it is of. options: as `parser` has them.
    """
    data = Data.load(options.images, options.labels)
    split = data.split(seed=0)
    rows = []
    for words, choice in choices:
        model = trained(data, options.work, choice, options.steps, options.seed)
        told = accuracies(split.mapped(partial(mean_codes, model)))
        costs = price(model, options.samples, seed=0)
        rows.append(words | costs | told | {"model_sha256": model.model_id.hex()})
    result = {
        "kind": kind,
        "preset": PRESET,
        "budget": f"{options.steps:,} steps of {find_preset(PRESET)[1].recipe.batch} images",
        "images": load_dataset(bundled()).count,
        "seed": options.seed,
        "posterior_samples": options.samples,
        "rows": rows,
        **provenance(),
    }
    return json.dumps(result, indent=2)
