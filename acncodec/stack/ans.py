"""The stack: an asymmetric numeral system with exact integer frequencies.

A symbol's alternatives come with *weights*: frequencies less one, as float64 holding
integers that sum to 2^24 less their number. constriction then uses exactly weight + 1, so
every alternative stays possible and the frequencies sum to 2^24.
"""

from __future__ import annotations

import hashlib

import constriction
import numpy as np
from numpy.typing import NDArray

from acncodec.errors import CoderError, CorruptionError
from acncodec.stack.ans_kernels import (
    NOT_INTEGERS,
    WRONG_SUM,
    total_information,
    weights_fault,
)

TOTAL = 1 << 24
WORD_BITS = 32
DIGEST_WORDS = 8

Floats = NDArray[np.float64]
Symbols = NDArray[np.int64]


class StackExhaustedError(CoderError):
    """A pop asked for more bits than the stack holds; popping on would draw useless symbols."""


def seed_words(digest: bytes, blocks: int) -> NDArray[np.uint32]:
    """The words below everything else: a 32-byte digest and, if `blocks` > 1, its hash chain."""
    chain = [digest]
    while len(chain) < blocks:
        chain.append(hashlib.sha256(chain[-1]).digest())
    return np.frombuffer(b"".join(chain), "<u4").astype(np.uint32)


def check_weights(weights: Floats) -> None:
    """Raise `CoderError` unless each row holds non-negative integers with the right sum."""
    if weights.dtype != np.float64 or weights.ndim != 2 or weights.shape[1] < 1:
        raise CoderError(f"weights must be float64 (n, K), not {weights.dtype} {weights.shape}")
    fault = weights_fault(weights, float(TOTAL - weights.shape[1]))
    if fault == NOT_INTEGERS:
        raise CoderError("weights must be non-negative integers")
    if fault == WRONG_SUM:
        raise CoderError("weights of a symbol must sum to 2^24 less their number")


def check_symbols(symbols: Symbols, weights: Floats) -> None:
    """Raise `CoderError` unless symbols (n,), n > 0, are among the alternatives."""
    if symbols.min() < 0 or symbols.max() >= weights.shape[1]:
        raise CoderError("a symbol is outside its alternatives")


def require_bits(there: int, wanted: float) -> None:
    """Raise `StackExhaustedError` unless `wanted` bits and a word to spare are there."""
    if there < wanted + WORD_BITS:
        raise StackExhaustedError(f"{wanted:.0f} bits are wanted, {there} are there")


def takes_bits(symbols: Symbols, weights: Floats) -> bool:
    """Whether there is anything to push: some symbols (n,), with more than one alternative.

    weights: (n, K) or (1, K). Raises `CoderError` unless both are well-formed and fit.
    """
    check_weights(weights)
    if not len(symbols):
        return False
    check_symbols(symbols, weights)
    return int(weights.shape[1]) > 1


class Stack:
    """Last in, first out. `ideal_bits` tallies -log2(frequency / 2^24): pushed less popped."""

    def __init__(self, words: NDArray[np.uint32], *, seal: bool) -> None:
        try:
            self._coder = constriction.stream.stack.AnsCoder(words, seal=seal)
        except ValueError as error:
            raise CorruptionError(f"the stack is malformed: {error}") from error
        self._family = constriction.stream.model.Categorical(perfect=False)
        self.ideal_bits = 0.0

    @classmethod
    def seeded(cls, digest: bytes, blocks: int = 1) -> Stack:
        """Alice's stack: nothing on it but the digest (and its hash chain)."""
        return cls(seed_words(digest, blocks), seal=True)

    @property
    def valid_bits(self) -> int:
        """Bits that can still be popped."""
        return int(self._coder.num_valid_bits())

    def words(self) -> NDArray[np.uint32]:
        """The stack as it is stored in a file."""
        return np.array(self._coder.get_compressed(), np.uint32)

    def unsealed(self) -> NDArray[np.uint32]:
        """What is left after Bob has popped everything: the seed, if nothing went wrong."""
        try:
            return np.array(self._coder.get_compressed(unseal=True), np.uint32)
        except (ValueError, AssertionError) as error:
            raise CorruptionError("the stack does not end in whole words") from error

    def payload(self) -> bytes:
        """The stack as it is stored in a file: little-endian words."""
        return self.words().astype("<u4").tobytes()

    def remainder(self) -> bytes:
        """`unsealed` as bytes. Raises `CorruptionError` where that is no whole words."""
        return self.unsealed().astype("<u4").tobytes()

    def require(self, bits: float) -> None:
        """Raise `StackExhaustedError` unless `bits` and a word to spare can be popped."""
        require_bits(self.valid_bits, bits)

    def push(self, symbols: Symbols, weights: Floats) -> None:
        """Push symbols (n,), last one first, so that `pop` gives the first one first.

        weights: (n, K), or (1, K) for all symbols alike.
        """
        if not takes_bits(symbols, weights):
            return  # and the coder has no model for a certain symbol
        self.ideal_bits += information(symbols, weights)
        flat = symbols.astype(np.int32)
        if len(weights) == 1:
            self._coder.encode_reverse(flat, self._model(weights[0]))
        else:
            self._coder.encode_reverse(flat, self._family, weights)

    def pop(self, weights: Floats, count: int | None = None) -> Symbols:
        """Pop one symbol for each row of weights, or `count` symbols that share one row."""
        check_weights(weights)
        if count is not None and len(weights) != 1:
            raise CoderError("a count goes with one row of weights")
        if count == 0 or not len(weights):
            return np.zeros(0, np.int64)
        if weights.shape[1] == 1:
            return np.zeros(len(weights) if count is None else count, np.int64)
        if count is not None:
            symbols = self._coder.decode(self._model(weights[0]), count)
        else:
            symbols = self._coder.decode(self._family, weights)
        out = np.asarray(symbols).astype(np.int64)
        self.ideal_bits -= information(out, weights)
        return out

    @staticmethod
    def _model(weights: Floats) -> constriction.stream.model.Categorical:
        return constriction.stream.model.Categorical(weights, perfect=False)


def information(symbols: Symbols, weights: Floats) -> float:
    """Sum of -log2(frequency / 2^24) over symbols (n,), weights as in `Stack.push`."""
    return float(total_information(symbols, weights, TOTAL.bit_length() - 1))


def entropy(weights: Floats) -> tuple[float, float]:
    """Entropy and variance of the information content, bits, summed over rows (n, K)."""
    share = (weights + 1.0) / TOTAL
    bits = -np.log2(share)
    mean = (share * bits).sum(1)
    return float(mean.sum()), float((share * bits * bits).sum() - (mean * mean).sum())
