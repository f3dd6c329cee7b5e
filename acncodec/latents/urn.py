"""The exact urn: what could explain a latent, and how likely each explanation is, in integers.

An item is priced by (alpha p(z) + sum of p(z|c_j) over earlier items j) / (alpha + count). The
*explanations* of a latent z are the components of the unconditional prior and the earlier items
whose codes are nearest to z; which of them it was is a latent of the coder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import Floats
from acncodec.arithmetic.gaussians import WEIGHT_BITS
from acncodec.arithmetic.tables import FRACTION_BITS, FREQUENCY_BITS, INVERSE_BITS, TOTAL, tables
from acncodec.latents.urn_kernels import (
    component_products,
    nearest_codes,
    parent_products,
    shares_of_products,
)
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior
from acncodec.stack.distributions import Rows

Ints = NDArray[np.int64]

CANDIDATES = 64
"""As many earlier items may explain a latent, the nearest ones."""
START_BITS = 2 * FREQUENCY_BITS
"""Products start from an explanation's prior probability, at 2^48."""
PART = 500


class Pool:
    """Codes of items and the mixtures that they make, computed once and kept.

    codes: int64 (capacity, D); weights, means, inverses: int32 (capacity, D, M), as
    `gaussians.mixture_bins` takes them; the first `count` rows are filled.
    """

    def __init__(self, prior: ExactPrior, dim: int, kernel: int, capacity: int) -> None:
        self._prior, self._kernel = prior, kernel
        shape = capacity, dim, 1 if kernel else prior.components
        self.codes = np.zeros((capacity, dim), np.int64)
        self.weights = np.zeros(shape, np.int32)
        self.means = np.zeros(shape, np.int32)
        self.inverses = np.zeros(shape, np.int32)
        self.count = 0

    def add(self, codes: Ints) -> None:
        """Append items with these codes, int64 (n, D)."""
        for start in range(0, len(codes), PART):
            part = codes[start : start + PART]
            rows = slice(self.count, self.count + len(part))
            self.codes[rows] = part
            for kept, fresh in zip(
                (self.weights, self.means, self.inverses), self._parameters(part), strict=True
            ):
                kept[rows] = fresh.reshape(kept[rows].shape)
            self.count += len(part)

    def _parameters(self, codes: Ints) -> tuple[Ints, ...]:
        if not self._kernel:
            return self._prior.parameters(codes)
        means = codes << FRACTION_BITS
        inverse = (1 << INVERSE_BITS) // self._kernel
        return np.full_like(codes, 1 << WEIGHT_BITS), means, np.full_like(codes, inverse)


@dataclass(frozen=True, eq=False)
class Explanations:
    """What may explain n latents: K components, then the S nearest of the earlier items.

    candidates: int64 (n, S), indexes among the earlier items. Prior probability times density is
    mantissa * 2^exponent, int64 (n, K + S) each, at 2^48 times 2^24 for each dimension.
    """

    candidates: Ints
    mantissas: Ints
    exponents: Ints

    def posterior(self) -> Rows:
        """Which of the explanations it was: n symbols of K + S alternatives."""
        out = np.empty_like(self.mantissas)
        width = out.shape[1]
        shares_of_products(self.mantissas, self.exponents, TOTAL - width, out)
        return Rows(out + 1)

    def log2(self, dim: int) -> Floats:
        """log2 of prior probability times density of each explanation, float64 (n, K + S)."""
        scale = START_BITS + FREQUENCY_BITS * dim
        logs: Floats = np.log2(self.mantissas.astype(np.float64))
        return logs + (self.exponents - scale).astype(np.float64)


def explain(
    z: Ints, mixture: ExactMixture, pool: Pool, rows: Ints, fresh: int, each: int
) -> Explanations:
    """The explanations of latents z, int64 (n, D).

    rows: int64 (count,), where the earlier items lie in `pool`; their order breaks ties. fresh:
    frequency of the unconditional prior, of 2^24; each: probability of one earlier item at 2^48.
    """
    parts, nearest = mixture.components, min(CANDIDATES, len(rows))
    candidates = np.empty((len(z), nearest), np.int64)
    mantissas = np.empty((len(z), parts + nearest), np.int64)
    exponents = np.empty_like(mantissas)
    gauss = tables().gauss
    component_products(
        z, fresh * mixture.frequencies, mixture.coefficients, mixture.offsets, mixture.inverses,
        mixture.reach, gauss, mantissas[:, :parts], exponents[:, :parts],
    )  # fmt: skip
    if nearest:
        nearest_codes(z, pool.codes, rows, candidates)
        parent_products(
            z, rows[candidates], each, pool.weights, pool.means, pool.inverses, mixture.reach,
            gauss, mantissas[:, parts:], exponents[:, parts:],
        )  # fmt: skip
    return Explanations(candidates, mantissas, exponents)
