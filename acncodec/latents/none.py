"""The latent space of nothing: codes without dimensions, which say nothing and cost nothing.

A model of pixels alone has it, so that nobody needs to ask whether there are latents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.latents.certain import Certain, CertainLatents, CertainPrices

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NoLatents(CertainLatents):
    """Codes and latents are int64 (n, 0)."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        return (0,)

    def prior(self, count: int) -> Certain:
        """Certain too."""
        return Certain(np.zeros((count, 0), np.int64))

    def points(self, codes: Ints) -> Ints:
        """All in one place, (n, 0)."""
        return codes

    def prices(self) -> NoPrices:
        """Everything is free."""
        return NoPrices()


@dataclass(frozen=True)
class NoPrices(CertainPrices):
    """The prices of `NoLatents`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        return (0,)

    def unconditional(self, z: Ints) -> Floats:
        """0 for each, (n,)."""
        return np.zeros(len(z))

    def points(self, codes: Ints) -> Ints:
        """All in one place, (n, 0)."""
        return codes
