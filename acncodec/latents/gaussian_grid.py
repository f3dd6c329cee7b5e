"""The Gaussian grid: latents z ~ N(c, I) rounded to steps of 1/8 around the codes c of images.

q(z|x)     one table around c, the same for all images and dimensions
p(z)       a Gaussian mixture with full covariances
p(z|c')    the prior network's mixture in each dimension; not every model has one
urn        p(z) and p(z|c_j) of earlier items j, mixed
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import NOISE_REACH
from acncodec.contracts.codec import Codec
from acncodec.contracts.latent_space import UrnRule
from acncodec.latents.codecs import ConditionalPrior, Posterior, UnconditionalPrior
from acncodec.latents.gaussian_networks import GaussianNetworks
from acncodec.latents.urn import Pool
from acncodec.latents.urn_codec import UrnPrior
from acncodec.parts.mixture.exact import ExactMixture

if TYPE_CHECKING:  # prices bring SciPy, which decoding does without
    from acncodec.latents.gaussian_prices import GaussianPrices

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class GaussianGrid(GaussianNetworks):
    """Codes and latents are int64 (n, D), in grid steps."""

    certain = False

    def posterior(self, codes: Ints) -> Posterior:
        """q(z|x) of images with these codes."""
        return Posterior(codes, NOISE_REACH)

    def prior(self, count: int) -> UnconditionalPrior:
        """p(z) of `count` images."""
        return UnconditionalPrior(self.mixture, count, *self.shape)

    def given(self, parents: Ints) -> ConditionalPrior:
        """p(z|c') given codes (n, D). Raises `ModelError` without a prior network."""
        return ConditionalPrior(self.require_network(), parents)

    def urn(self, rule: UrnRule, capacity: int) -> Urn:
        """An urn of up to `capacity` items. Raises `ModelError` without a prior network."""
        return Urn(self.mixture, self.pool(rule.kernel, capacity), rule)

    def points(self, codes: Ints) -> Ints:
        """The codes themselves: a step is as long in every dimension."""
        return codes

    def prices(self) -> GaussianPrices:
        """What latents cost."""
        from acncodec.latents.gaussian_prices import GaussianPrices

        return GaussianPrices(self)


@dataclass(frozen=True, eq=False)
class Urn:
    """The priors of the batches of an urn; `pool` holds the items that were added."""

    mixture: ExactMixture
    pool: Pool
    rule: UrnRule

    def add(self, codes: Ints) -> None:
        """Items with these codes (n, D) become known."""
        self.pool.add(codes)

    def of(self, rows: slice, earlier: Ints) -> Codec[Ints]:
        """The prior of the batch at `rows`, which comes after the items `earlier`."""
        return UrnPrior(self.mixture, self.pool, self.rule, earlier, rows.stop - rows.start)
