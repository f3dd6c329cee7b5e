"""What a schedule will cost in latents, estimated before anything is coded."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from acncodec.arithmetic.gaussians import mixture_log_densities
from acncodec.arithmetic.tables import FREQUENCY_BITS, GRID_BITS, LOGIT_BITS, tables
from acncodec.latents.urn import START_BITS, Pool
from acncodec.latents.urn_kernels import parent_products
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.neighbours import nearest_to
from acncodec.ordering.schedule import Schedule
from acncodec.parts.mixture.exact import ExactMixture

Ints = NDArray[np.int64]

SAMPLE = 2000
NEAREST_SAMPLE = 500
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


def sampled_latents(
    model: FrozenModel, codes: Ints, seed: int, most: int = SAMPLE
) -> tuple[Ints, Ints]:
    """At most `most` items of codes (N, D), and one latent of each: int64 (n,) and (n, D)."""
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(len(codes), min(len(codes), most), replace=False))
    z = grid_samples(codes[rows], seed).clip(-model.mixture.reach, model.mixture.reach)
    return rows, z


def latent_bits_given(reach: int, pool: Pool, z: Ints, parents: Ints) -> NDArray[np.float64]:
    """-log2 of the coder's frequencies of grid points z (n, D), each given the item at its place
    in `pool`, parents: int64 (n,). Returns (n,)."""
    mantissas = np.empty((len(z), 1), np.int64)
    exponents = np.empty_like(mantissas)
    parent_products(
        z, parents[:, None], 1 << START_BITS, pool.weights, pool.means, pool.inverses, reach,
        tables().gauss, mantissas, exponents,
    )  # fmt: skip
    scale = START_BITS + FREQUENCY_BITS * z.shape[1]
    bits: NDArray[np.float64] = scale - exponents[:, 0] - np.log2(mantissas[:, 0])
    return bits


def _conditional_bits(model: FrozenModel, z: Ints, parents: Ints) -> float:
    """-log2 p(z|c') of grid points z (n, D) given codes c' (n, D), summed."""
    pool = Pool(model.prior_network, z.shape[1], 0, len(parents))
    pool.add(parents)
    return float(latent_bits_given(model.mixture.reach, pool, z, np.arange(len(z))).sum())


def nearest_latent_bits(model: FrozenModel, codes: Ints, seed: int) -> float:
    """Estimated KL bits of all items, codes (N, D), each after the one that is nearest to it: what
    a tour could cost if it had not to visit all. At most 500 are tried."""
    if len(codes) < 2:
        return 0.0
    rows, z = sampled_latents(model, codes, seed, NEAREST_SAMPLE)
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
