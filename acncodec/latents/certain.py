"""Latents that are certain: q(z|x) is a point, so that nothing is drawn and nothing comes back."""

# ruff: noqa: ARG002 - a contract passes what nothing needs

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.expected_costs import ExpectedCosts
from acncodec.contracts.latent_space import Priors, UrnRule
from acncodec.contracts.message import Message
from acncodec.errors import ModelError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _refusal() -> ModelError:
    return ModelError("codes are certain here: no code prices the latent of another image")


class Certain:
    """The codec of latents that are known: it neither pushes nor pops."""

    def __init__(self, z: Ints) -> None:
        self._z = z

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push latents: nothing."""

    def pop(self, stack: Message) -> Ints:
        """The latents."""
        return self._z

    def bits(self, symbol: Ints) -> float:
        """0."""
        return 0.0


class CertainLatents:
    """What spaces of such latents have in common: z = c, and no code prices another's latent."""

    certain = True
    conditional = False

    def posterior(self, codes: Ints) -> Certain:
        """The codes themselves."""
        return Certain(codes)

    def given(self, parents: Ints) -> Certain:
        """Raises `ModelError`."""
        raise _refusal()

    def urn(self, rule: UrnRule, capacity: int) -> Priors:
        """Raises `ModelError`."""
        raise _refusal()


class CertainPrices:
    """What their prices have in common: nothing is taken from the stack."""

    conditional = False
    posterior_bits = 0.0
    entropy_bits = 0.0
    spread_bits = 0.0
    kernels: tuple[int, ...] = ()

    def taken_bits(self, urn: bool = False) -> float:
        """0. Raises `ModelError` for an urn."""
        if urn:
            raise _refusal()
        return 0.0

    def around(self, codes: Ints, noise: Floats) -> Ints:
        """The codes."""
        return codes

    def sample(self, codes: Ints, seed: int) -> Ints:
        """One latent for each code: itself."""
        return codes

    def given(self, z: Ints, codes: Ints, parents: Ints, kernel: int = 0) -> Floats:
        """Raises `ModelError`."""
        raise _refusal()

    def near(self, z: Ints, codes: Ints, rows: Ints) -> Ints:
        """Raises `ModelError`."""
        raise _refusal()

    def pairs(self, codes: Ints) -> ExpectedCosts:
        """Raises `ModelError`."""
        raise _refusal()
