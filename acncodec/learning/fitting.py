"""After the last step: codes of the training images, and the unconditional prior of latents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from acncodec.latents.told import WIDTH
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.recipe import Recipe
from acncodec.learning.source import Source, step_generator
from acncodec.learning.unconditional import COUNTS, fit_unconditional

Moments = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
"""A Gaussian mixture: weights (K,), means (K, D), covariances (K, D, D)."""
Codes = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Trained:
    """A run after its last step.

    net: the averaged weights, which a family may go on changing; valid: images that were held
    back, or None; encode: codes of all images of a source, float32 (N, D).
    """

    net: FloatNetworks
    train: Source
    valid: Source | None
    recipe: Recipe
    seed: int
    encode: Callable[[Source, torch.Generator], Tensor]


@dataclass(frozen=True, eq=False)
class Fitted:
    """What is frozen beside the networks.

    codes: of the training images, (N, D), which set the range of the latent grid; mixture: the
    unconditional prior (both None without latents); about: what the model's card says of it;
    levels: of the images by which activations are calibrated; more: further such images, float32
    (n, C, H, W), where they differ in size or levels, each with their number of levels.
    """

    codes: Codes | None = None
    mixture: Moments | None = None
    about: dict[str, Any] = field(default_factory=dict)
    levels: int = 2
    more: tuple[tuple[Tensor, int], ...] = ()


@dataclass(frozen=True, eq=False)
class FittedCodes:
    """draws: codes (N, D) of the training images, an array for each binarisation of them; valid:
    those of the validation images, or else of the training images."""

    draws: list[Codes]
    valid: Codes

    @classmethod
    def of(cls, run: Trained) -> FittedCodes:
        """Encode what a run was trained on and validated with."""
        draws = range(1 if run.train.is_binary else run.recipe.draws)
        held = run.valid if run.valid is not None else run.train
        return cls(
            [run.encode(run.train, step_generator(run.seed, draw, 4)).numpy() for draw in draws],
            run.encode(held, step_generator(run.seed, 0, 5)).numpy(),
        )

    @property
    def all(self) -> Codes:
        """Of all binarisations, one after the other."""
        return np.concatenate(self.draws)


def fit_prior(codes: FittedCodes, seed: int, counts: Sequence[int] = COUNTS) -> Fitted:
    """The unconditional prior, fitted by EM to samples around the training codes."""
    fit = fit_unconditional(codes.all, codes.valid, seed, counts)
    about = {
        "unconditional_components": len(fit.weights),
        "unconditional_valid_nats": {str(count): cost for count, cost in fit.valid_nats.items()},
    }
    return Fitted(codes.all, (fit.weights, fit.means, fit.covariances), about)


def fit_gaussian(codes: FittedCodes) -> Fitted:
    """The Gaussian that codes were held to (`learning.adversary`)."""
    dimensions = codes.all.shape[1]
    spread = float(WIDTH) ** 2 * np.eye(dimensions)[None]
    return Fitted(codes.all, (np.ones(1), np.zeros((1, dimensions)), spread))


def fit_or_keep(run: Trained, counts: Sequence[int] = COUNTS) -> Fitted:
    """The same, unless the prior that was trained with the networks (`parts.mixture.net`) prices
    samples of the validation codes better: then it stays."""
    codes = FittedCodes.of(run)
    fit = fit_prior(codes, run.seed, counts)
    trained = _valid_nats(run.net, codes.valid, run.seed)
    keep = trained < min(fit.about["unconditional_valid_nats"].values())
    mixture: Moments | None = run.net.prior.moments() if keep else fit.mixture
    about = fit.about | {
        "unconditional_components": len(mixture[0]) if mixture else 0,
        "trained_prior_valid_nats": round(trained, 4),
        "coding_prior": "trained" if keep else "em",
    }
    return Fitted(fit.codes, mixture, about)


def _valid_nats(net: FloatNetworks, codes: Codes, seed: int) -> float:
    """Mean -log p(z) by the trained prior of samples z = c + N(0, I) of the codes (N, D)."""
    noise = np.random.default_rng(seed).standard_normal(codes.shape)
    z = torch.from_numpy((codes + noise).astype(np.float32))
    with torch.no_grad():
        parts = torch.split(z.to(next(net.prior.parameters()).device), 1000)
        prices = [net.prior.log_prob(part) for part in parts]
    return -float(torch.cat(prices).mean())
