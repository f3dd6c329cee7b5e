"""Codecs for latents: the posterior, the conditional and the unconditional prior."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.gaussians import posterior_frequencies
from acncodec.arithmetic.tables import tables
from acncodec.contracts.distribution import TOTAL
from acncodec.contracts.message import MIN_LEFT_BITS, Message
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior
from acncodec.stack.ans import StackExhaustedError
from acncodec.stack.bits import entropy, information
from acncodec.stack.distributions import Shared

Ints = NDArray[np.int64]

DEVIATIONS = 6.0
"""Before a pop the stack must hold its expected need plus this many standard deviations."""


def required_bits(mean: float, variance: float) -> float:
    """Bits that a pop of this expected information content may need."""
    return mean + DEVIATIONS * math.sqrt(max(variance, 0.0))


def check_left(stack: Message) -> None:
    """Raise `StackExhaustedError` when a pop left less than `MIN_LEFT_BITS`."""
    if stack.valid_bits < MIN_LEFT_BITS:
        raise StackExhaustedError("a pop emptied the stack")


class Posterior:
    """q(z|x) on the grid: one table around each code, for all images and dimensions.

    codes: int64 (n, D), grid steps. Popping it is how Alice picks latents.
    """

    def __init__(self, codes: Ints, noise_reach: int) -> None:
        self._codes, self._reach = codes, noise_reach
        around = posterior_frequencies(noise_reach, tables().gauss)
        self._offsets = Shared(around, codes.size)

    @property
    def expected_bits(self) -> tuple[float, float]:
        """Mean and variance of the information content of all latents, bits."""
        return entropy(self._offsets)

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push latents (n, D)."""
        stack.push((symbol - self._codes + self._reach).ravel(), self._offsets)

    def pop(self, stack: Message) -> Ints:
        """Draw latents (n, D). Raises `StackExhaustedError` when there are too few bits."""
        stack.require(required_bits(*self.expected_bits))
        offsets = stack.pop(self._offsets)
        check_left(stack)
        return self._codes + offsets.reshape(self._codes.shape) - self._reach

    def bits(self, symbol: Ints) -> float:
        """Information content of latents (n, D), bits."""
        return information((symbol - self._codes + self._reach).ravel(), self._offsets)


class ConditionalPrior:
    """p(z|c') of the prior network. parents: int64 (n, D), the neighbours' codes."""

    def __init__(self, prior: ExactPrior, parents: Ints) -> None:
        self._reach, self._shape = prior.reach, parents.shape
        self._given = prior.distribution(parents)

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push latents (n, D)."""
        stack.push((symbol + self._reach).ravel(), self._given)

    def pop(self, stack: Message) -> Ints:
        """Pop latents (n, D)."""
        return stack.pop(self._given).reshape(self._shape) - self._reach

    def bits(self, symbol: Ints) -> float:
        """Information content of latents (n, D), bits."""
        return information((symbol + self._reach).ravel(), self._given)


class UnconditionalPrior:
    """p(z), a mixture whose component k is paid for and given back (bits-back).

    Pushing pops k from q(k|z), pushes z_D .. z_1 given k, and pushes k; popping inverts it.
    """

    def __init__(self, mixture: ExactMixture, count: int, dim: int) -> None:
        self._mixture, self._count, self._dim = mixture, count, dim
        self._components = Shared(mixture.frequencies, count)

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push latents (n, D). Raises `StackExhaustedError` when k finds too few bits."""
        posterior = self._mixture.component_given(symbol)
        stack.require(required_bits(*entropy(posterior)))
        component = stack.pop(posterior)
        check_left(stack)
        for dimension in reversed(range(self._dim)):
            given = self._mixture.dimension_given(symbol, component, dimension)
            stack.push(symbol[:, dimension] + self._mixture.reach, given)
        stack.push(component, self._components)

    def pop(self, stack: Message) -> Ints:
        """Pop latents (n, D)."""
        component = stack.pop(self._components)
        z = np.zeros((self._count, self._dim), np.int64)
        for dimension in range(self._dim):
            given = self._mixture.dimension_given(z, component, dimension)
            z[:, dimension] = stack.pop(given) - self._mixture.reach
        stack.push(component, self._mixture.component_given(z))
        return z

    def bits(self, symbol: Ints) -> float:
        """Expected cost of latents (n, D) over the choice of k, bits."""
        posterior = self._mixture.component_given(symbol).frequencies() / TOTAL
        total = float((posterior * np.log2(posterior)).sum())
        total -= float((posterior * np.log2(self._mixture.frequencies / TOTAL)).sum())
        for k in range(self._mixture.components):
            component = np.full(len(symbol), k, np.int64)
            for dimension in range(self._dim):
                given = self._mixture.dimension_given(symbol, component, dimension)
                chosen = given.interval(symbol[:, dimension] + self._mixture.reach).frequencies
                total -= float((posterior[:, k] * np.log2(chosen / TOTAL)).sum())
        return total
