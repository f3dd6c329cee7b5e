"""What a schedule will cost in latents, estimated before anything is coded."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from acncodec.exact.latent_kernels import mixture_log_densities
from acncodec.exact.mixture import ExactMixture
from acncodec.exact.model import FrozenModel
from acncodec.exact.tables import GRID_BITS, LOGIT_BITS, TOTAL
from acncodec.ordering.neighbours import nearest_to
from acncodec.ordering.schedule import Schedule

Ints = NDArray[np.int64]

SAMPLE = 2000
LOG2E = math.log2(math.e)


def grid_samples(codes: Ints, seed: int) -> Ints:
    """One latent z ~ q(z|x) on the grid for each code (n, D)."""
    noise = np.random.default_rng(seed).standard_normal(codes.shape)
    return codes + np.rint(noise * (1 << GRID_BITS)).astype(np.int64)


def unconditional_bits(mixture: ExactMixture, z: Ints) -> NDArray[np.float64]:
    """-log2 p(z) of grid points z (n, D), from the mixture's densities. Returns (n,)."""
    energies = np.empty((len(z), mixture.components), np.int64)
    mixture_log_densities(
        z, mixture.coefficients, mixture.offsets, mixture.inverses, mixture.constants, energies
    )
    log_density = logsumexp(energies / 2.0**LOGIT_BITS, 1)
    # A density per posterior deviation, times the volume of a grid cell.
    cell = z.shape[1] * (0.5 * math.log(2 * math.pi) + GRID_BITS * math.log(2))
    bits: NDArray[np.float64] = (cell - log_density) * LOG2E
    return bits


def posterior_bits(dim: int) -> float:
    """Entropy of q(z|x) on the grid, bits an image: what is given back for a latent."""
    return dim * (0.5 * math.log2(2 * math.pi * math.e) + GRID_BITS)


def sampled_latents(model: FrozenModel, codes: Ints, seed: int) -> tuple[Ints, Ints]:
    """At most 2,000 items of codes (N, D), and one latent of each: int64 (n,) and (n, D)."""
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(len(codes), min(len(codes), SAMPLE), replace=False))
    z = grid_samples(codes[rows], seed).clip(-model.mixture.reach, model.mixture.reach)
    return rows, z


def _conditional_bits(model: FrozenModel, z: Ints, parents: Ints) -> float:
    """-log2 p(z|c') of grid points z (n, D) given codes c' (n, D), by the coder's frequencies."""
    weights = model.prior_network.frequencies(parents)
    symbols = (z + model.mixture.reach).ravel()
    return -float(np.log2((weights[np.arange(len(symbols)), symbols] + 1.0) / TOTAL).sum())


def nearest_latent_bits(model: FrozenModel, codes: Ints, seed: int) -> float:
    """Estimated KL bits of all items, codes (N, D), each after the one that is nearest to it: what
    a tour could cost if it had not to visit all. At most 2,000 are tried."""
    if len(codes) < 2:
        return 0.0
    rows, z = sampled_latents(model, codes, seed)
    bits = _conditional_bits(model, z, codes[nearest_to(codes, rows)]) / len(rows)
    return (bits - posterior_bits(codes.shape[1])) * len(codes)


def schedule_latent_bits(model: FrozenModel, codes: Ints, schedule: Schedule, seed: int) -> float:
    """Estimated KL bits of all items; codes (N, D) in decoding order; at most 2,000 are tried."""
    count = len(codes)
    if not count:
        return 0.0
    rows, z = sampled_latents(model, codes, seed)
    parents = schedule.parents[rows]
    has = parents >= 0
    total = float(unconditional_bits(model.mixture, z[~has]).sum()) if not has.all() else 0.0
    if has.any():
        total += _conditional_bits(model, z[has], codes[parents[has]])
    return (total / len(rows) - posterior_bits(codes.shape[1])) * count
