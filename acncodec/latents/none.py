"""The latent space of nothing: codes without dimensions, which say nothing and cost nothing.

A model of pixels alone has it, so that nobody needs to ask whether there are latents.
"""

# ruff: noqa: ARG002 - a contract passes what nothing needs

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.contracts.latent_space import Priors, UrnRule
from acncodec.contracts.message import Message
from acncodec.errors import ModelError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _refusal() -> ModelError:
    return ModelError("there are no latents, so that no code prices one")


class Nothing:
    """The codec of `count` latents of no dimensions: it neither pushes nor pops."""

    def __init__(self, count: int) -> None:
        self._count = count

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push latents (n, 0): nothing."""

    def pop(self, stack: Message) -> Ints:
        """Pop latents (n, 0)."""
        return np.zeros((self._count, 0), np.int64)

    def bits(self, symbol: Ints) -> float:
        """0."""
        return 0.0


@dataclass(frozen=True)
class NoLatents:
    """Codes and latents are int64 (n, 0)."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        return (0,)

    @property
    def conditional(self) -> bool:
        """No code prices another image's latent."""
        return False

    def posterior(self, codes: Ints) -> Nothing:
        """Certain."""
        return Nothing(len(codes))

    def prior(self, count: int) -> Nothing:
        """Certain."""
        return Nothing(count)

    def given(self, parents: Ints) -> Nothing:
        """Raises `ModelError`."""
        raise _refusal()

    def urn(self, rule: UrnRule, capacity: int) -> Priors:
        """Raises `ModelError`."""
        raise _refusal()

    def points(self, codes: Ints) -> Ints:
        """All in one place, (n, 0)."""
        return codes

    def prices(self) -> NoPrices:
        """Everything is free."""
        return NoPrices()


@dataclass(frozen=True)
class NoPrices:
    """The prices of `NoLatents`."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one code."""
        return (0,)

    @property
    def conditional(self) -> bool:
        """No code prices another image's latent."""
        return False

    @property
    def posterior_bits(self) -> float:
        """0."""
        return 0.0

    @property
    def entropy_bits(self) -> float:
        """0."""
        return 0.0

    @property
    def spread_bits(self) -> float:
        """0."""
        return 0.0

    def taken_bits(self, urn: bool = False) -> float:
        """0. Raises `ModelError` for an urn."""
        if urn:
            raise _refusal()
        return 0.0

    @property
    def kernels(self) -> tuple[int, ...]:
        """None."""
        return ()

    def around(self, codes: Ints, noise: Floats) -> Ints:
        """The codes, (n, 0)."""
        return codes

    def sample(self, codes: Ints, seed: int) -> Ints:
        """One latent for each code (n, 0): itself."""
        return codes

    def unconditional(self, z: Ints) -> Floats:
        """0 for each, (n,)."""
        return np.zeros(len(z))

    def given(self, z: Ints, codes: Ints, parents: Ints, kernel: int = 0) -> Floats:
        """Raises `ModelError`."""
        raise _refusal()

    def near(self, z: Ints, codes: Ints, rows: Ints) -> Ints:
        """Raises `ModelError`."""
        raise _refusal()

    def pairs(self, codes: Ints) -> ExpectedCosts:
        """Raises `ModelError`."""
        raise _refusal()

    def points(self, codes: Ints) -> Ints:
        """All in one place, (n, 0)."""
        return codes
