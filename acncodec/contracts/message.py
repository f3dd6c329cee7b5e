"""What codecs push to and pop from: a message, last in, first out, whatever coder keeps it."""

from __future__ import annotations

from typing import Protocol

from acncodec.contracts.distribution import CoderState, Distribution, Intervals, Ints


class Message(Protocol):
    """A stack of symbols."""

    @property
    def ideal_bits(self) -> float:
        """The sum of the coder's own -log2(frequency / total): pushed less popped."""
        ...

    @property
    def state(self) -> CoderState | None:
        """What compiled loops pop from, until something is pushed; None of coders without any."""
        ...

    @property
    def valid_bits(self) -> int:
        """Bits that can still be popped."""
        ...

    def require(self, bits: float) -> None:
        """Raise `StackExhaustedError` unless `bits` and a word to spare can be popped."""
        ...

    def push(self, symbols: Ints, distribution: Distribution) -> None:
        """Push symbols (n,), last one first, so that `pop` gives the first one first.

        Raises `CoderError` for a symbol that is none of its alternatives.
        """
        ...

    def push_intervals(self, intervals: Intervals) -> None:
        """The same for symbols whose parts are at hand, of however many distributions."""
        ...

    def pop(self, distribution: Distribution) -> Ints:
        """Pop the distribution's n symbols, int64 (n,)."""
        ...


class StoredMessage(Message, Protocol):
    """A message with what a file needs of it."""

    def payload(self) -> bytes:
        """The message as it is stored."""
        ...

    def remainder(self) -> bytes:
        """What is left once everything was popped: the seed, if nothing went wrong.

        Raises `CorruptionError` where that has no form.
        """
        ...


MIN_LEFT_BITS = 16
"""Half a word: after her pops Alice leaves so many bits; Bob finds less only where the stack is
corrupted."""
