"""Starting from a model: its networks and their weights, for other images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from acncodec.contracts.image_kind import Shape
from acncodec.errors import TrainingError
from acncodec.families.family import CODES
from acncodec.learning.recipe import Recipe
from acncodec.models.build import float_networks
from acncodec.models.frozen import STATED_SIZE, FrozenModel
from acncodec.training.choice import PACES, bytes_a_weight, cost_of, milliseconds_of
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.loop import Trainer
from acncodec.training.settings import TRAIN, apply, settings_of

STARTED_RATE = 0.2
"""Of the rates of a fit that begins anew. A guess: 0.3 and less did better than the whole for
CIFAR-10 from `rgb` in trials of five minutes, of which no result is kept; 0.2 was not tried."""


def starting_from(model: FrozenModel, usual: Choice | None) -> Choice:
    """The networks of `model`, trained as `usual` says, or without it as the model was.

    Raises `TrainingError` where neither says how.
    """
    if usual is None:
        usual = Choice(model.family, model.config, Recipe(), ())
        trained: Any = model.card.get("recipe")
        if not isinstance(trained, dict) or not trained:
            raise TrainingError(
                f"model {model.name} does not say how it was trained: name a recipe"
            )
        usual = apply(usual, {TRAIN + str(name): value for name, value in trained.items()})
    weights = weights_of(model.family, model.config)
    why = f"the weights of {model.name}, {cost_of(model.family, weights, _macs_a_pixel(model))}"
    return replace(usual, family=model.family, config=model.config, why=(why,))


def check_start(model: FrozenModel, choice: Choice) -> None:
    """Raise `TrainingError` where `choice` is of another family or other sizes than `model`."""
    if choice.family is not model.family:
        raise TrainingError(
            f"model {model.name} is of the family {model.family.name}, "
            f"the recipe of {choice.family.name}"
        )
    ours = settings_of(replace(choice, config=model.config))
    for key, value in settings_of(choice).items():
        if value != ours[key]:
            raise TrainingError(
                f"{key} = {value}, but model {model.name} has {ours[key]}: what starts from its "
                "weights has its sizes"
            )


def check_images(model: FrozenModel, shape: Shape, levels: int) -> None:
    """Raise `TrainingError` unless `model` takes images of this shape (C, H, W) and levels."""
    if not model.accepts.takes(shape, levels):
        raise TrainingError(
            f"model {model.name} takes {model.accepts.about}, not {shape} of {levels} levels"
        )


def fit_from(
    model: FrozenModel, usual: Choice, shape: Shape, levels: int, pace: str
) -> Choice:  # fmt: skip
    """A fit that starts from `model`: its networks, widened if `usual` is of a family that widens
    its own, trained as `usual` says, but at `STARTED_RATE` of its rates.

    Raises `TrainingError` where it has latents, does not take the images, or decodes more slowly
    than `pace` allows.
    """
    check_images(model, shape, levels)
    if model.can(CODES):
        raise TrainingError(f"model {model.name} has latents; a fit starts from one without")
    milliseconds = milliseconds_by(model)
    if milliseconds > PACES[pace]:
        ways = {"usual": "without --fast they are", "slow": "with --slow they are"}
        fitting = [way for name, way in ways.items() if milliseconds <= PACES[name]]
        advice = f"; {fitting[0]}" if fitting else ""
        raise TrainingError(
            f"model {model.name} takes about {milliseconds:.2g} ms for 1,024 pixels, and "
            f"{PACES[pace]:g} are allowed{advice}"
        )
    recipe = replace(
        usual.recipe,
        learning_rate=STARTED_RATE * usual.recipe.learning_rate,
        matrix_rate=STARTED_RATE * usual.recipe.matrix_rate,
    )
    found, widens = starting_from(model, replace(usual, recipe=recipe)), usual.family.widens
    if widens is None or widens.of is not model.family:
        return found
    why = f"{found.why[0]}, as a {usual.family.name}"
    config = widens.config(model.config, shape)
    return replace(found, family=usual.family, config=config, why=(why,))


def worth_starting_from(
    models: Sequence[FrozenModel], usual: Choice, kinds: Sequence[tuple[Shape, int]], by_xz: int,
    pace: str,
) -> FrozenModel | None:  # fmt: skip
    """That of `models` with whose weights a fit had better begin, or None where it had better begin
    anew: it takes all images, has as many weights as `usual` has or more, and no more than the
    images (`by_xz` bytes by xz) are worth and `pace` allows. Of several the one with most."""
    least = weights_of(usual.family, usual.config)
    most = by_xz / bytes_a_weight(max(levels for _, levels in kinds))
    fitting = [
        model
        for model in models
        if model.family.ladder
        and model.floats
        and not model.can(CODES)
        and all(model.accepts.takes(*kind) for kind in kinds)
        and least <= weights_of(model.family, model.config) <= most
        and milliseconds_by(model) <= PACES[pace]
    ]
    return max(fitting, key=lambda one: weights_of(one.family, one.config), default=None)


def take_weights(trainer: Trainer, model: FrozenModel) -> None:
    """Let a run that has not begun have the weights of a model of the same config, or of one that
    its own widens; further weights are zero.

    Raises `ModelError` where the model carries no float weights.
    """
    known = float_networks(model).state_dict()
    weights = {name: torch.zeros_like(it) for name, it in trainer.net.state_dict().items()} | known
    for net in (trainer.net, trainer.average):
        net.load_state_dict(weights)
    trainer.objective.begin_trained()
    trainer.started = {"name": model.name, "sha256": model.model_id.hex()}


def milliseconds_by(model: FrozenModel) -> float:
    """What a model's networks take to decode 1,024 pixels on two threads, about."""
    return milliseconds_of(_macs_a_pixel(model))


def _macs_a_pixel(model: FrozenModel) -> float:
    height, width = model.accepts.size or STATED_SIZE
    return model.macs_of((height, width)) / (height * width)
