"""What a latent space is: the only place where latents are drawn, coded and priced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.codec import Codec
from acncodec.contracts.distribution import TOTAL, TOTAL_BITS
from acncodec.contracts.expected_costs import ExpectedCosts

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class UrnRule:
    """How an urn prices its items.

    alpha: how many earlier items the unconditional prior weighs as much as. kernel: 0 for
    p(z|c_j) by the prior network, else the width of what takes its place around c_j; for
    Gaussians the standard deviation, in grid steps.
    """

    alpha: int
    kernel: int = 0

    def fresh(self, count: int) -> int:
        """The frequency, of 2^24, of no earlier item: alpha / (alpha + count). Both stay
        possible while there are earlier items."""
        share = (self.alpha << TOTAL_BITS) // (self.alpha + count)
        return share if not count else min(max(share, 1), TOTAL - 1)


class Priors(Protocol):
    """The priors of batches, each given what both sides know when its turn comes.

    Alice knows all codes at once and adds them in an order of hers, Bob as they come; so items
    are numbered in the order in which they were added.
    """

    def add(self, codes: Ints) -> None:
        """Items with these codes (n, *shape) become known."""
        ...

    def of(self, rows: slice, earlier: Ints) -> Codec[Ints]:
        """The prior of the batch at decoding positions `rows`.

        earlier: int64 (m,), which of the items that were added are decoded before it, in an order
        that both sides have: that of decoding, or a canonical one.
        """
        ...


class LatentSpace(Protocol):
    """Codes and latents are int64 (n, *shape). A space without dimensions is a space too: its
    codes and latents say nothing and cost nothing."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        ...

    @property
    def conditional(self) -> bool:
        """Whether the code of one image prices the latent of another (`given`, `urn`)."""
        ...

    @property
    def certain(self) -> bool:
        """Whether q(z|x) is a point: the latent of an image is its code, so that nothing is drawn
        and nothing comes back."""
        ...

    def posterior(self, codes: Ints) -> Codec[Ints]:
        """q(z|x) of images with these codes. It may be certain: then nothing is coded."""
        ...

    def prior(self, count: int) -> Codec[Ints]:
        """p(z) of `count` images that nothing is known of."""
        ...

    def given(self, parents: Ints) -> Codec[Ints]:
        """p(z|c') given the codes of other images. Raises `ModelError` unless `conditional`."""
        ...

    def urn(self, rule: UrnRule, capacity: int) -> Priors:
        """p(z) mixed with what earlier items predict, for up to `capacity` items.

        Raises `ModelError` unless `conditional`.
        """
        ...

    def points(self, codes: Ints) -> Ints:
        """Where codes lie, int64 (n, E): the squared Euclidean distance of two such points says
        how near two codes are, and is exact. Who compares breaks ties by the lower index."""
        ...

    def prices(self) -> LatentPrices:
        """What latents cost, before any is coded."""
        ...


class LatentPrices(Protocol):
    """Costs of latents in bits, estimated with floats: they choose, and never decide a bit."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        ...

    @property
    def conditional(self) -> bool:
        """As that of the space: whether there is a `given`, `near` and `pairs`."""
        ...

    @property
    def posterior_bits(self) -> float:
        """The entropy of q(z|x), by its formula: what is given back for an image's latent."""
        ...

    @property
    def entropy_bits(self) -> float:
        """The same of the frequencies by which latents are drawn, which differ by a rounding."""
        ...

    @property
    def spread_bits(self) -> float:
        """By how much one image's latent may exceed `posterior_bits`; for several images that
        grows with the root of their number."""
        ...

    def taken_bits(self, urn: bool = False) -> float:
        """Bits that an image takes from the stack at first, on average: its latent, and what
        explains that by the unconditional prior, or in an urn."""
        ...

    @property
    def kernels(self) -> tuple[int, ...]:
        """Kernels of urns (`UrnRule`) that are worth a try."""
        ...

    def around(self, codes: Ints, noise: Floats) -> Ints:
        """The latents that standard normal noise (n, *shape) makes of codes: z ~ q(z|x) where the
        noise is drawn, within the range that priors have."""
        ...

    def sample(self, codes: Ints, seed: int) -> Ints:
        """One latent z ~ q(z|x) for each code (n, *shape), within the range that priors have."""
        ...

    def unconditional(self, z: Ints) -> Floats:
        """-log2 p(z) of latents (n, *shape). Returns (n,)."""
        ...

    def given(self, z: Ints, codes: Ints, parents: Ints, kernel: int = 0) -> Floats:
        """-log2 p(z|c') of latents (n, *shape), each given the code at its place in `codes`
        (m, *shape), parents: int64 (n,). kernel: as in `UrnRule`. Returns (n,)."""
        ...

    def near(self, z: Ints, codes: Ints, rows: Ints) -> Ints:
        """Which of the items `rows` (m,) of `codes` may explain each latent (n, *shape) in an
        urn: their places in `rows`, int64 (n, S), S at most m."""
        ...

    def pairs(self, codes: Ints) -> ExpectedCosts:
        """What latents around codes (N, *shape) are expected to cost, each after every other."""
        ...

    def points(self, codes: Ints) -> Ints:
        """As `LatentSpace.points`."""
        ...
