"""After the last step: the unconditional prior, the card, and the frozen model."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.families.acn_network import ACN
from acncodec.families.networks import LatentModel, PixelModel
from acncodec.models.build import Moments, freeze_model
from acncodec.models.frozen import FrozenModel
from acncodec.training.loop import Trainer
from acncodec.training.source import step_generator
from acncodec.training.tuning import tour_kl, tune_prior
from acncodec.training.unconditional import COUNTS, fit_unconditional

CALIBRATION_IMAGES = 1000
GAUSSIAN = (1,)
"""Components of the unconditional prior of a `vae`: it is one Gaussian, as in the paper."""


@dataclass(frozen=True, eq=False)
class _Latents:
    """Codes of the training images (N, D), the unconditional prior, and what the card says."""

    codes: NDArray[np.float32]
    mixture: Moments
    about: dict[str, Any]


def finish(trainer: Trainer, name: str, preset_name: str, about: dict[str, Any]) -> FrozenModel:
    """Freeze the averaged weights, with an unconditional prior of the latents if there are any."""
    net, seed = copy.deepcopy(trainer.average), trainer.seed
    latents = None if isinstance(net, PixelModel) else _latents(trainer, net)
    rows = torch.arange(min(CALIBRATION_IMAGES, len(trainer.train)))
    calibration = trainer.train.draw(rows, step_generator(seed, 0, 6))
    costs = trainer.validate()
    card = {
        "preset": preset_name,
        "recipe": trainer.recipe.to_json(),
        "seed": seed,
        "steps": trainer.step,
        "minutes": round(trainer.seconds / 60, 1),
        "training_data": about,
        "validation": None if costs is None else _validation(trainer, *costs),
        **({} if latents is None else latents.about),
    }
    codes, mixture = (None, None) if latents is None else (latents.codes, latents.mixture)
    return freeze_model(net.cpu(), codes, mixture, calibration, name, card)


def _validation(trainer: Trainer, kl: float, reconstruction: float) -> dict[str, float]:
    name = "neighbour_kl_nats" if trainer.config.has_prior_network else "trained_prior_kl_nats"
    costs = {name: round(kl, 3)} if trainer.config.has_latents else {}
    return costs | {"reconstruction_nats": round(reconstruction, 3)}


def _latents(trainer: Trainer, net: ACN | LatentModel) -> _Latents:
    """Tune the prior network of `net`, if it has one, and fit the unconditional prior by EM to
    samples around the training codes.

    A prior that was trained with the networks takes its place if it prices samples of the
    validation codes better.
    """
    seed, recipe = trainer.seed, trainer.recipe
    draws = [
        trainer.encode(net.encoder, trainer.train, step_generator(seed, draw, 4)).numpy()
        for draw in range(1 if trainer.train.is_binary else recipe.draws)
    ]
    held = trainer.valid if trainer.valid is not None else trainer.train
    valid_codes = trainer.encode(net.encoder, held, step_generator(seed, 0, 5)).numpy()
    codes = np.concatenate(draws)
    counts = GAUSSIAN if trainer.config.kind == "vae" else COUNTS
    fit = fit_unconditional(codes, valid_codes, seed, counts)
    mixture: Moments = fit.weights, fit.means, fit.covariances
    about: dict[str, Any] = {"unconditional_valid_nats": fit.valid_nats}
    if isinstance(net, ACN):
        net.prior.cpu()
        before = tour_kl(net.prior, valid_codes, seed)
        net.prior = tune_prior(net.prior, draws, recipe, seed)
        after = tour_kl(net.prior, valid_codes, seed)
        about["tour_valid_kl_nats"] = {"trained": round(before, 3), "tuned": round(after, 3)}
    if isinstance(net, LatentModel):
        trained = _valid_nats(net, valid_codes, seed)
        if trained < min(fit.valid_nats.values()):
            mixture = net.prior.moments()
        about["trained_prior_valid_nats"] = round(trained, 4)
        about["coding_prior"] = "em" if mixture[0] is fit.weights else "trained"
    return _Latents(codes, mixture, {"unconditional_components": len(mixture[0])} | about)


def _valid_nats(net: LatentModel, codes: NDArray[np.float32], seed: int) -> float:
    """Mean -log p(z) by the trained prior of samples z = c + N(0, I) of the codes (N, D)."""
    noise = np.random.default_rng(seed).standard_normal(codes.shape)
    z = torch.from_numpy((codes + noise).astype(np.float32))
    with torch.no_grad():
        parts = torch.split(z.to(net.prior.means.device), 1000)
        prices = [net.prior.log_prob(part) for part in parts]
    return -float(torch.cat(prices).mean())
