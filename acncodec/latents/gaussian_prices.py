"""What latents of the Gaussian grid cost, from densities and frequencies as floats.

They choose strategies, tours, urns and batch sizes, all of which a file states, so that a float
may stand here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from acncodec.arithmetic.gaussians import mixture_log_densities
from acncodec.arithmetic.tables import FREQUENCY_BITS, GRID_BITS, LOGIT_BITS, NOISE_REACH, tables
from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.latents.codecs import DEVIATIONS, Posterior
from acncodec.latents.expected import MAX_TABLE_BYTES, expected_costs
from acncodec.latents.gaussian_networks import GaussianNetworks
from acncodec.latents.urn import CANDIDATES, START_BITS, Pool
from acncodec.latents.urn_kernels import nearest_codes, parent_products
from acncodec.parts.mixture.exact import ExactMixture

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LOG2E = math.log2(math.e)
DEVIATION_BITS = math.sqrt(0.5) * LOG2E
"""Standard deviation of the information content of one dimension of a Gaussian."""
LEAST_SPREAD_BITS = 25.0
"""That of 16 dimensions. Narrower latents are given as much: their files stay what they were."""

KERNELS = (0, 10, 14)


def grid_samples(codes: Ints, seed: int) -> Ints:
    """One latent z ~ q(z|x) on the grid for each code (n, D)."""
    noise = np.random.default_rng(seed).standard_normal(codes.shape)
    return codes + np.rint(noise * (1 << GRID_BITS)).astype(np.int64)


def unconditional_bits(mixture: ExactMixture, z: Ints) -> Floats:
    """-log2 p(z) of grid points z (n, D), from the mixture's densities. Returns (n,)."""
    energies = np.empty((len(z), mixture.components), np.int64)
    mixture_log_densities(
        z, mixture.coefficients, mixture.offsets, mixture.inverses, mixture.constants, energies
    )
    log_density = logsumexp(energies / 2.0**LOGIT_BITS, 1)
    # A density per posterior deviation, times the volume of a grid cell.
    cell = z.shape[1] * (0.5 * math.log(2 * math.pi) + GRID_BITS * math.log(2))
    bits: Floats = (cell - log_density) * LOG2E
    return bits


def bits_given(reach: int, pool: Pool, z: Ints, parents: Ints) -> Floats:
    """-log2 of the coder's frequencies of grid points z (n, D), each given the item at its place
    in `pool`, parents: int64 (n,). Returns (n,)."""
    mantissas = np.empty((len(z), 1), np.int64)
    exponents = np.empty_like(mantissas)
    parent_products(
        z, parents[:, None], 1 << START_BITS, pool.weights, pool.means, pool.inverses, reach,
        tables().gauss, mantissas, exponents,
    )  # fmt: skip
    scale = START_BITS + FREQUENCY_BITS * z.shape[1]
    bits: Floats = scale - exponents[:, 0] - np.log2(mantissas[:, 0])
    return bits


@dataclass(frozen=True, eq=False)
class GaussianPrices:
    """The prices of a Gaussian grid. Latents z and codes are int64 (n, D)."""

    space: GaussianNetworks

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        return self.space.shape

    @property
    def conditional(self) -> bool:
        """Whether there is a prior network."""
        return self.space.conditional

    @property
    def posterior_bits(self) -> float:
        """Entropy of q(z|x) on the grid, bits an image: what is given back for a latent."""
        (dim,) = self.shape
        return dim * (0.5 * math.log2(2 * math.pi * math.e) + GRID_BITS)

    @property
    def entropy_bits(self) -> float:
        """Entropy of the posterior's table."""
        return Posterior(np.zeros((1, *self.shape), np.int64), NOISE_REACH).expected_bits[0]

    @property
    def spread_bits(self) -> float:
        """Six standard deviations of the information content of one latent, in whole bits."""
        (dim,) = self.shape
        spread = math.ceil(DEVIATIONS * DEVIATION_BITS * math.sqrt(dim))
        return max(LEAST_SPREAD_BITS, float(spread))

    def taken_bits(self, urn: bool = False) -> float:
        """Bits that an image takes from the stack at first: its latent, and a component or, in an
        urn, an earlier item that explains it."""
        explanations = self.space.mixture.components + (CANDIDATES if urn else 0)
        return self.posterior_bits + math.log2(explanations)

    @property
    def kernels(self) -> tuple[int, ...]:
        """The prior network, and Gaussians of 1.25 and 1.75 posterior deviations around a code."""
        return KERNELS

    def around(self, codes: Ints, noise: Floats) -> Ints:
        """Codes and noise on the grid, within the ranges of the posterior and of the priors."""
        reach = self.space.mixture.reach
        drawn = np.rint(noise * (1 << GRID_BITS)).astype(np.int64)
        z: Ints = (codes + drawn.clip(-NOISE_REACH, NOISE_REACH)).clip(-reach, reach)
        return z

    def sample(self, codes: Ints, seed: int) -> Ints:
        """One latent z ~ q(z|x) for each code, within the range of the priors."""
        return self.around(codes, np.random.default_rng(seed).standard_normal(codes.shape))

    def unconditional(self, z: Ints) -> Floats:
        """-log2 p(z), from the mixture's densities. Returns (n,)."""
        return unconditional_bits(self.space.mixture, z)

    def given(self, z: Ints, codes: Ints, parents: Ints, kernel: int = 0) -> Floats:
        """-log2 of the coder's frequencies of latents, each given codes[parents]. Returns (n,)."""
        return bits_given(self.space.mixture.reach, self.pool(codes, kernel), z, parents)

    def near(self, z: Ints, codes: Ints, rows: Ints) -> Ints:
        """Of the items `rows` those whose codes are nearest to each latent: their places in
        `rows`, int64 (n, at most 64), the nearest first, ties to the lower place. Raises
        `ModelError` without a prior network."""
        self.space.require_network()
        found = np.empty((len(z), min(CANDIDATES, len(rows))), np.int64)
        if len(rows):
            nearest_codes(z, codes, rows, found)
        return found

    def pairs(self, codes: Ints, max_bytes: int = MAX_TABLE_BYTES) -> ExpectedCosts:
        """Expected costs of every item after every other; `expected_costs` says how."""
        network = self.space.require_network()
        return expected_costs(self.space.mixture, network, codes, max_bytes)

    def points(self, codes: Ints) -> Ints:
        """The codes themselves."""
        return codes

    def pool(self, codes: Ints, kernel: int = 0) -> Pool:
        """Codes with the mixtures p(z|c') that they make, in the prior network's integers."""
        pool = self.space.pool(kernel, len(codes))
        pool.add(codes)
        return pool
