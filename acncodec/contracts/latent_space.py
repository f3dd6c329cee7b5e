"""What a latent space is: the only place where latents are drawn, coded and priced."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.codec import Codec

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class LatentSpace(Protocol):
    """Codes and latents are int64 (n, *shape)."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        ...

    @property
    def conditional(self) -> bool:
        """Whether the code of one image prices the latent of another (`given`)."""
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

    def prices(self) -> LatentPrices:
        """What latents cost, before any is coded."""
        ...


class LatentPrices(Protocol):
    """Costs of latents in bits, estimated with floats: they choose, and never decide a bit."""

    @property
    def posterior_bits(self) -> float:
        """The entropy of q(z|x): what is given back for an image's latent."""
        ...

    @property
    def components(self) -> int:
        """How many things may explain a latent by the unconditional prior."""
        ...

    def sample(self, codes: Ints, seed: int) -> Ints:
        """One latent z ~ q(z|x) for each code (n, D), within the range that priors have."""
        ...

    def unconditional(self, z: Ints) -> Floats:
        """-log2 p(z) of latents (n, D). Returns (n,)."""
        ...

    def given(self, z: Ints, parents: Ints) -> Floats:
        """-log2 p(z|c') of latents (n, D), each given a code (n, D). Returns (n,)."""
        ...
