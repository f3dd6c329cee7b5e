"""After the last step: what the family fits, the card, and the frozen model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor

from acncodec.learning.fitting import Trained
from acncodec.learning.source import Source, step_generator
from acncodec.models.build import freeze_model
from acncodec.models.frozen import FrozenModel
from acncodec.training.loop import Trainer

CALIBRATION_IMAGES = 1000
"""If they are no larger than 32x32; of larger ones, so many that their pixels are as many."""


def finish(trainer: Trainer, name: str, preset_name: str, about: dict[str, Any]) -> FrozenModel:
    """Freeze the averaged weights, with what the family fits beside them, and fill in the card."""
    card = {
        "preset": preset_name,
        "recipe": trainer.recipe.to_json(),
        "seed": trainer.seed,
        "steps": trainer.step,
        "minutes": round(trainer.seconds / 60, 1),
        **({} if trainer.started is None else {"start": trainer.started}),
        "training_data": about,
        "validation": _validation(trainer),
    }
    return freeze_now(trainer, name, card)


def freeze_now(
    trainer: Trainer, name: str, card: Mapping[str, Any] | None = None
) -> FrozenModel:  # fmt: skip
    """The averaged weights as they are, with what the family fits beside them. `card` and what was
    fitted are the model's card. The run is left as it was."""
    net, seed = trainer.rounded_average(), trainer.seed
    encode = partial(trainer.encode, net)
    run = Trained(net, trainer.train, trainer.valid, trainer.recipe, seed, encode)
    fitted = trainer.family.finish(run)
    (calibration, levels), *more = _calibration(trainer.train, step_generator(seed, 0, 6))
    fitted = replace(fitted, levels=levels, more=tuple(more))
    told = {**(card or {}), **fitted.about}
    return freeze_model(trainer.family, net.cpu(), fitted, calibration, name, told)


def _calibration(source: Source, generator: torch.Generator) -> Iterator[tuple[Tensor, int]]:
    """Images by which activations are measured, float32 (n, C, H, W), and their levels."""
    _, height, width = source.shape
    left = min(CALIBRATION_IMAGES, max(1, (CALIBRATION_IMAGES << 10) // (height * width)))
    for rows in source.parts():
        if left <= 0:
            return
        some = rows[:left]
        drawn = source.draw(some, generator)
        left -= len(drawn)
        yield drawn, source.levels_of(some)


def _validation(trainer: Trainer) -> dict[str, float] | None:
    """What validation images cost an image, each cost by its name; None without any."""
    costs = trainer.validate()
    if costs is None:
        return None
    kl_name = trainer.objective.kl_name
    named = {} if kl_name is None else {kl_name: round(costs.kl, 3)}
    return named | {trainer.objective.cost_name: round(costs.cost, 3)}
