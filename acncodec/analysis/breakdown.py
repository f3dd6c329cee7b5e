"""Where real bits differ from the bound: one change at a time, on the same noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.analysis.costs import FloatModel
from acncodec.analysis.gaussian import gaussian_prices
from acncodec.arithmetic.tables import (
    FRACTION_BITS,
    GRID_BITS,
    INVERSE_BITS,
)
from acncodec.codec import NATS
from acncodec.contracts.image_kind import ImageKind
from acncodec.models.frozen import FrozenModel
from acncodec.parts.prior_network.net import POSTERIOR_ENTROPY, Mixture
from acncodec.run.workers import Workers, chunks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
AnyInts = NDArray[np.integer[Any]]
Pixels = NDArray[Any]
GRID = float(1 << GRID_BITS)


def bin_log2(mixture: Mixture, z: torch.Tensor) -> torch.Tensor:
    """log2 of the mass of the grid cell around z under real-valued mixtures. z: (n, D), in
    posterior deviations. Returns (n,)."""
    centre = z[..., None]

    def below(edge: torch.Tensor) -> torch.Tensor:
        scores = (edge - mixture.means) / mixture.scales
        share: torch.Tensor = mixture.log_weights.exp() * torch.special.ndtr(scores)
        return share.sum(-1)

    mass = below(centre + 0.5 / GRID) - below(centre - 0.5 / GRID)
    return torch.log2(mass.clamp_min(1e-12)).sum(-1)


def real_mixture(weights: AnyInts, means: AnyInts, inverses: AnyInts) -> Mixture:
    """Integer parameters (n, D, M), as the exact prior network gives them, as real numbers."""
    share, centre, inverse = (
        torch.from_numpy(part.astype(np.float64)) for part in (weights, means, inverses)
    )
    share = share / share.sum(-1, keepdim=True)
    scales = 2.0**INVERSE_BITS / inverse / GRID
    return Mixture(share.clamp_min(1e-300).log(), centre / (2.0**FRACTION_BITS * GRID), scales)


class ParentSteps:
    """The bits of latents on the way from float to integer priors, where each item has a parent
    or none.

    real, codes: float and exact codes (n, D) of the parents; has: (n,), parent or not.
    """

    def __init__(
        self, model: FrozenModel, floats: FloatModel, real: Floats, codes: Ints,
        has: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        self._model, self._floats = model, floats
        self._real, self._codes, self._has = real, codes, has

    def __call__(self, z_real: Floats, z: Ints) -> Floats:
        """Bits, summed, of latents (n, D): continuous KL; then, with the posterior's entropy
        not yet taken off, float networks on the grid, integer networks, integer frequencies."""
        space, floats, has = self._model.latents, self._floats, self._has
        continuous = float(floats.conditional_kl(z_real[has], self._real[has]).sum() / NATS)
        continuous += float(floats.unconditional_kl(z_real[~has]).sum() / NATS)
        # The mixture's density times a cell's volume stands for its mass; its float and integer
        # forms differ by the rounding of its parameters.
        cells = GRID_BITS * z.shape[1]
        lone = float((~has).sum()) * (cells + z.shape[1] * POSTERIOR_ENTROPY / NATS)
        grid = lone + float(floats.unconditional_kl(z[~has] / GRID).sum() / NATS)
        exact_real = float(space.prices().unconditional(z[~has]).sum())
        integer = 0.0
        for part in chunks(int((~has).sum()), 500):
            lot = z[~has][part]
            integer += space.prior(len(lot)).bits(lot)
        for part in chunks(int(has.sum()), 500):
            lot, parents = z[has][part], self._codes[has][part]
            real = torch.from_numpy(lot / GRID)
            pool = gaussian_prices(self._model).pool(parents)
            integers = real_mixture(pool.weights, pool.means, pool.inverses)
            grid -= float(bin_log2(floats.mixtures(parents / GRID), real).sum())
            exact_real -= float(bin_log2(integers, real).sum())
            integer += space.given(parents).bits(lot)
        return np.array([continuous, grid, exact_real, integer])


class CertainSteps:
    """The same where latents are certain: what they cost by float and by integer networks."""

    def __init__(self, model: FrozenModel, floats: FloatModel) -> None:
        self._model, self._floats = model, floats

    def __call__(self, z_real: Floats, z: Ints) -> Floats:
        """Bits, summed, of latents (n, D), as those of `ParentSteps`."""
        space = self._model.latents
        both = z_real, z.astype(np.float64)
        real = [float(self._floats.unconditional_kl(one).sum() / NATS) for one in both]
        exact = space.prior(len(z)).bits(z)
        return np.array([*real, exact, exact])


def differences(
    model: FrozenModel,
    floats: FloatModel,
    prior: Callable[[Floats, Ints], Floats],
    real: Floats,
    pixels: Pixels,
    levels: int,
    codes: Ints,
    noise: Floats,
    workers: Workers,
) -> dict[str, float]:
    """Nats an image that each step from float to integers adds.

    `floats` is the float model of `model`; prior: `ParentSteps` or its like; real, codes: float
    and exact codes (n, D) of pixels (n, C, H, W) of so many levels; noise: standard normal, (n, D),
    shared by all steps so that differences are not noise.
    Keys: discretisation (codes and latents on the grid, bin masses), integer_networks,
    frequency_rounding.
    """
    prices = model.latents.prices()
    z = prices.around(codes, noise)
    z_real, unit = (real, 1.0) if floats.certain else (real + noise, GRID)
    entropy = prices.entropy_bits * len(codes)
    _, channels, height, width = pixels.shape
    likelihood = model.likelihood.of(ImageKind(channels, levels, (height, width)))
    steps = prior(z_real, z) + np.array([
        float(floats.reconstruction(pixels, z_real).sum() / NATS),
        float(floats.reconstruction(pixels, z / unit).sum() / NATS) - entropy,
        likelihood.real_bits(z, pixels, workers) - entropy,
        likelihood.codec(z, workers).bits(pixels) - entropy,
    ])  # fmt: skip
    steps *= NATS / max(1, len(codes))
    names = ("discretisation", "integer_networks", "frequency_rounding")
    return dict(zip(names, np.diff(steps).tolist(), strict=True))
