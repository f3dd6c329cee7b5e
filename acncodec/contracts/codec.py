"""What a codec is: push a symbol onto a stack, pop it again, say what it costs."""

from __future__ import annotations

from typing import Protocol, TypeVar

from acncodec.contracts.message import Message

T = TypeVar("T")


class Codec(Protocol[T]):
    """`pop` undoes `push` exactly, stack and symbol alike; `bits` predicts the difference."""

    def push(self, stack: Message, symbol: T) -> None:
        """Put `symbol` on the stack."""
        ...

    def pop(self, stack: Message) -> T:
        """Take the symbol that was pushed last off the stack."""
        ...

    def bits(self, symbol: T) -> float:
        """By how much a push of `symbol` lengthens the stack."""
        ...
