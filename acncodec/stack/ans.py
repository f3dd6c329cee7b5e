"""The stack: an asymmetric numeral system (Duda, arXiv 1311.2540) with exact frequencies.

It gives the very words that docs/FORMAT.md, section 6, describes.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import CoderState, Distribution, Intervals, Ints
from acncodec.errors import CoderError, CorruptionError
from acncodec.stack.ans_kernels import WORD_BITS, new_tally, put_all, tallied_bits

STATE_WORDS = 2
MIN_ROOM = 256
"""Words that a stack has room for at least."""

Words = NDArray[np.uint32]


class StackExhaustedError(CoderError):
    """A pop asked for more bits than the stack holds; popping on would draw useless symbols."""


def seed_words(digest: bytes, blocks: int) -> Words:
    """The words below everything else: a 32-byte digest and, if `blocks` > 1, its hash chain."""
    chain = [digest]
    while len(chain) < blocks:
        chain.append(hashlib.sha256(chain[-1]).digest())
    return np.frombuffer(b"".join(chain), "<u4").astype(np.uint32)


def require_bits(there: int, wanted: float) -> None:
    """Raise `StackExhaustedError` unless `wanted` bits and a word to spare are there."""
    if there < wanted + WORD_BITS:
        raise StackExhaustedError(f"{wanted:.0f} bits are wanted, {there} are there")


class Stack:
    """Last in, first out.

    words: uint32 (n,), bottom first; seal: whether a word 1 is put on them, so that words of 0
    at their end are not lost. Raises `CorruptionError` for unsealed words that end in 0.
    """

    def __init__(self, words: Words, *, seal: bool) -> None:
        if seal:
            words = np.append(words, np.uint32(1))
        elif len(words) and words[-1] == 0:
            raise CorruptionError("the stack is malformed: its last word is 0")
        used = max(0, len(words) - STATE_WORDS)
        state = 0
        for word in words[used:][::-1].tolist():
            state = state << WORD_BITS | word
        bulk = np.empty(used + MIN_ROOM, np.uint32)
        bulk[:used] = words[:used]
        self._state = CoderState(np.array([state, used], np.uint64), bulk, new_tally())

    @classmethod
    def seeded(cls, digest: bytes, blocks: int = 1) -> Stack:
        """Alice's stack: nothing on it but the digest (and its hash chain)."""
        return cls(seed_words(digest, blocks), seal=True)

    @property
    def ideal_bits(self) -> float:
        """The sum of -log2(frequency / 2^24): pushed less popped."""
        return tallied_bits(self._state)

    @property
    def state(self) -> CoderState:
        """What compiled loops pop from: these very arrays, until something is pushed."""
        return self._state

    @property
    def valid_bits(self) -> int:
        """Bits that can still be popped."""
        state, used = self._state.registers.tolist()
        return WORD_BITS * int(used) + max(0, int(state).bit_length() - 1)

    def words(self) -> Words:
        """The stack as it is stored in a file."""
        state, used = self._state.registers.tolist()
        top = [state & 0xFFFFFFFF, state >> WORD_BITS]
        while top and not top[-1]:
            top.pop()
        return np.concatenate([self._state.words[:used], np.array(top, np.uint32)])

    def unsealed(self) -> Words:
        """What is left after Bob has popped everything: the seed, if nothing went wrong.

        Raises `CorruptionError` unless the stack ends in a word 1.
        """
        words = self.words()
        if not len(words) or words[-1] != 1:
            raise CorruptionError("the stack does not end in whole words")
        return words[:-1]

    def payload(self) -> bytes:
        """The stack as it is stored in a file: little-endian words."""
        return self.words().astype("<u4").tobytes()

    def remainder(self) -> bytes:
        """`unsealed` as bytes. Raises `CorruptionError` where that is no whole words."""
        return self.unsealed().astype("<u4").tobytes()

    def require(self, bits: float) -> None:
        """Raise `StackExhaustedError` unless `bits` and a word to spare can be popped."""
        require_bits(self.valid_bits, bits)

    def push(self, symbols: Ints, distribution: Distribution) -> None:
        """Push symbols (n,), last one first, so that `pop` gives the first one first."""
        self.push_intervals(distribution.interval(symbols))

    def push_intervals(self, intervals: Intervals) -> None:
        """Push symbols (n,) whose parts are at hand, last one first."""
        if intervals.alternatives == 1 or not len(intervals.starts):
            return  # what is certain leaves the stack as it is
        self._make_room(len(intervals.starts))
        put_all(*self._state, intervals.starts, intervals.frequencies)

    def pop(self, distribution: Distribution) -> Ints:
        """Pop the distribution's symbols, int64 (n,)."""
        count = len(distribution)
        if distribution.alternatives == 1 or not count:
            return np.zeros(count, np.int64)
        return distribution.pop_from(self._state)

    def _make_room(self, count: int) -> None:
        """Let the bulk take `count` words more: a symbol adds one at most."""
        registers, words, tally = self._state
        needed = int(registers[1]) + count
        if needed > len(words):
            grown = np.empty(max(needed, 2 * len(words)), np.uint32)
            grown[: int(registers[1])] = words[: int(registers[1])]
            self._state = CoderState(registers, grown, tally)
