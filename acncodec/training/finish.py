"""After the last step: what the family fits, the card, and the frozen model."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from acncodec.learning.fitting import Trained
from acncodec.learning.source import step_generator
from acncodec.models.build import freeze_model
from acncodec.models.frozen import FrozenModel
from acncodec.training.loop import Trainer

CALIBRATION_IMAGES = 1000
"""If they are no larger than 32x32; of larger ones, so many that their pixels are as many."""


def finish(trainer: Trainer, name: str, preset_name: str, about: dict[str, Any]) -> FrozenModel:
    """Freeze the averaged weights, with what the family fits beside them."""
    net, seed = trainer.rounded_average(), trainer.seed
    encode = partial(trainer.encode, net)
    run = Trained(net, trainer.train, trainer.valid, trainer.recipe, seed, encode)
    fitted = trainer.family.finish(run)
    _, height, width = trainer.train.shape
    large = max(1, (CALIBRATION_IMAGES << 10) // (height * width))
    rows = torch.arange(min(CALIBRATION_IMAGES, large, len(trainer.train)))
    calibration = trainer.train.draw(rows, step_generator(seed, 0, 6))
    card = {
        "preset": preset_name,
        "recipe": trainer.recipe.to_json(),
        "seed": seed,
        "steps": trainer.step,
        "minutes": round(trainer.seconds / 60, 1),
        **({} if trainer.started is None else {"start": trainer.started}),
        "training_data": about,
        "validation": _validation(trainer),
        **fitted.about,
    }
    return freeze_model(trainer.family, net.cpu(), fitted, calibration, name, card)


def _validation(trainer: Trainer) -> dict[str, float] | None:
    """What validation images cost, nats an image; None without any."""
    costs = trainer.validate()
    if costs is None:
        return None
    kl, reconstruction = costs
    kl_name = trainer.objective.kl_name
    named = {} if kl_name is None else {kl_name: round(kl, 3)}
    return named | {"reconstruction_nats": round(reconstruction, 3)}
