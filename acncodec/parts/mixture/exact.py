"""The exact unconditional prior: a Gaussian mixture with full covariances.

A component's covariance enters as a chain of regressions: z_d given z_<d is Gaussian with
a mean linear in z_<d and a fixed width. The component is itself a latent of the coder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.gaussians import (
    WEIGHT_BITS,
    mixture_log_densities,
    regression_means,
    soft_maximum,
)
from acncodec.arithmetic.grid_bins import GridBins, Mixtures
from acncodec.arithmetic.tables import TOTAL, tables
from acncodec.stack.distributions import Rows

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ExactMixture:
    """K components over D dimensions; integers as `arithmetic.gaussians` takes them.

    weights: int64 (K,), as the model file has them: frequencies less one; coefficients: int64
    (K, D, D); offsets, inverses: int64 (K, D); constants: int64 (K,).
    """

    weights: Ints
    coefficients: Ints
    offsets: Ints
    inverses: Ints
    constants: Ints
    reach: int

    @property
    def components(self) -> int:
        """K."""
        return len(self.weights)

    @property
    def frequencies(self) -> Ints:
        """p(k), int64 (K,), summing to 2^24."""
        return self.weights + 1

    def component_given(self, z: Ints) -> Rows:
        """q(k|z) of latents (n, D)."""
        energies = np.empty((len(z), self.components), np.int64)
        mixture_log_densities(
            z, self.coefficients, self.offsets, self.inverses, self.constants, energies
        )
        out = np.empty_like(energies)
        soft_maximum(energies, TOTAL - self.components, tables().exp, out)
        return Rows(out + 1)

    def parameters(self, z: Ints, component: Ints, dimension: int) -> Mixtures:
        """The Gaussian of z_d given z_<d and k: n mixtures of one.

        z: (n, D), of which only dimensions below `dimension` are read; component: (n,).
        """
        means = np.empty((len(z), 1), np.int64)
        regression_means(z, component, dimension, self.coefficients, self.offsets, means)
        inverses = np.ascontiguousarray(self.inverses[component, dimension][:, None])
        return Mixtures(np.full_like(means, 1 << WEIGHT_BITS), means, inverses)

    def dimension_given(self, z: Ints, component: Ints, dimension: int) -> GridBins:
        """p(z_d | z_<d, k): n symbols, z_d + reach. z, component: as `parameters` has them."""
        return GridBins(self.parameters(z, component, dimension), self.reach)
