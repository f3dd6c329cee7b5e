"""Where real bits differ from the bound: one change at a time, on the same noise."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.analysis.costs import FloatModel
from acncodec.coding.latents import ConditionalPrior, Posterior, UnconditionalPrior
from acncodec.coding.pixels import PixelCodec, Workers
from acncodec.exact.conv import chunks
from acncodec.exact.model import FrozenModel
from acncodec.exact.tables import (
    FRACTION_BITS,
    GRID_BITS,
    INVERSE_BITS,
    LOGIT_BITS,
    NOISE_REACH,
)
from acncodec.nets.prior import Mixture
from acncodec.ordering.estimate import unconditional_bits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Pixels = NDArray[np.uint8]
GRID = float(1 << GRID_BITS)
NATS = math.log(2)


def _bin_bits(mixture: Mixture, z: Ints) -> float:
    """-log2 of the mass of each grid cell under real-valued mixtures, summed. z: (n, D)."""
    centre = torch.from_numpy(z / GRID)[..., None]

    def below(edge: torch.Tensor) -> torch.Tensor:
        scores = (edge - mixture.means) / mixture.scales
        share: torch.Tensor = mixture.log_weights.exp() * torch.special.ndtr(scores)
        return share.sum(-1)

    mass = below(centre + 0.5 / GRID) - below(centre - 0.5 / GRID)
    return float(-torch.log2(mass.clamp_min(1e-12)).sum())


def _integer_mixture(model: FrozenModel, parents: Ints) -> Mixture:
    """The exact prior network's parameters, read as real numbers."""
    shape = (*parents.shape, model.prior_network.components)
    weights, means, inverses = (
        torch.from_numpy(part.astype(np.float64)).view(shape)
        for part in model.prior_network.parameters(parents)
    )
    share = weights / weights.sum(-1, keepdim=True)
    scales = 2.0**INVERSE_BITS / inverses / GRID
    return Mixture(share.clamp_min(1e-300).log(), means / (2.0**FRACTION_BITS * GRID), scales)


def _real_pixel_bits(model: FrozenModel, z: Ints, pixels: Pixels, workers: Workers) -> float:
    """Cost of pixels by the exact decoder's logits with real-valued probabilities."""
    parts = workers.parts(len(pixels))
    logits = np.concatenate(
        workers.map(lambda rows: model.decoder.score(z[rows], pixels[rows]), parts)
    )
    signed = np.where(pixels.reshape(len(pixels), -1) > 0, -logits, logits) / 2.0**LOGIT_BITS
    return float(np.logaddexp(0.0, signed).sum() / NATS)


def differences(
    model: FrozenModel,
    floats: FloatModel,
    real: Floats,
    pixels: Pixels,
    codes: Ints,
    parents: Ints,
    rows: Ints,
    noise: Floats,
    workers: Workers,
) -> dict[str, float]:
    """Nats an image that each step from float to integers adds, on the items `rows`.

    `floats` is the float model of `model`. Its codes `real` (N, D), pixels (N, C, H, W), exact
    codes (N, D) and parents (N,) are in decoding order; noise:
    standard normal, (len(rows), D), shared by all steps so that differences are not noise.
    Keys: discretisation (codes and latents on the grid, bin masses), integer_networks,
    frequency_rounding.
    """
    images, given = pixels[rows], parents[rows]
    has = given >= 0
    z_real = real[rows] + noise
    continuous = float(floats.reconstruction(images, z_real).sum() / NATS)
    continuous += float(floats.conditional_kl(z_real[has], real[given[has]]).sum() / NATS)
    continuous += float(floats.unconditional_kl(z_real[~has]).sum() / NATS)

    reach = model.mixture.reach
    drawn = np.rint(noise * GRID).astype(np.int64).clip(-NOISE_REACH, NOISE_REACH)
    z = (codes[rows] + drawn).clip(-reach, reach)
    entropy = Posterior(codes[rows], NOISE_REACH).expected_bits[0]
    cells = GRID_BITS * z.shape[1]

    grid = float(floats.reconstruction(images, z / GRID).sum() / NATS) - entropy
    exact_real = _real_pixel_bits(model, z, images, workers) - entropy
    integer = PixelCodec(model.decoder, z, workers).bits(images) - entropy
    # The mixture's density times a cell's volume stands for its mass; its float and integer
    # forms differ by the rounding of its parameters.
    density = -floats.unconditional_kl(z[~has] / GRID)
    lone = float((~has).sum()) * (cells + z.shape[1] * 0.5 * math.log2(2 * math.pi * math.e))
    grid += lone - float(density.sum() / NATS)
    exact_real += float(unconditional_bits(model.mixture, z[~has]).sum())
    for part in chunks(int((~has).sum()), 500):
        lot = z[~has][part]
        integer += UnconditionalPrior(model.mixture, len(lot), z.shape[1]).bits(lot)
    for part in chunks(int(has.sum()), 500):
        lot, parent = z[has][part], given[has][part]
        grid += _bin_bits(floats.mixtures(codes[parent] / GRID), lot)
        exact_real += _bin_bits(_integer_mixture(model, codes[parent]), lot)
        integer += ConditionalPrior(model.prior_network, codes[parent]).bits(lot)
    steps = np.array([continuous, grid, exact_real, integer]) * NATS / max(1, len(rows))
    names = ("discretisation", "integer_networks", "frequency_rounding")
    return dict(zip(names, np.diff(steps).tolist(), strict=True))
