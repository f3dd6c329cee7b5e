"""What codecs push to and pop from: a message, last in, first out, whatever coder keeps it."""

from __future__ import annotations

from typing import Protocol

from acncodec.stack.ans import Floats, Symbols


class Message(Protocol):
    """A stack of symbols. `ideal_bits` tallies the coder's own -log2 of pushes less pops."""

    ideal_bits: float

    @property
    def valid_bits(self) -> int:
        """Bits that can still be popped."""
        ...

    def require(self, bits: float) -> None:
        """Raise `StackExhaustedError` unless `bits` and a word to spare can be popped."""
        ...

    def push(self, symbols: Symbols, weights: Floats) -> None:
        """Push symbols (n,), last one first. weights: (n, K), or (1, K) for all alike."""
        ...

    def pop(self, weights: Floats, count: int | None = None) -> Symbols:
        """Pop one symbol for each row of weights, or `count` symbols that share one row."""
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
