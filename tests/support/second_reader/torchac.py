"""Part of `second_reader`: the coder torchac (6.5)."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable

import numpy as np

from second_reader.fields import need
from second_reader.stack import Stack

WEIGHT = 2**15


class ByteStack(Stack):
    """A string of bytes whose front is its top, coded in chunks."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.popped: list[tuple[int, int]] = []  # of the chunk that is being decoded
        self.pushed: list[tuple[tuple[int, int], int]] = []  # of a run, with their weights
        self.weight = 0

    def holds(self, digests: bytes) -> bool:
        self.close()
        self.flush()
        return self.data == digests

    def pop_from(self, start: Callable[[int], int], count: int) -> int:
        if count == 1:
            return 0
        self.flush()
        weight = 1 if count == 2 else 16
        if self.weight + weight > WEIGHT:
            self.close()
        if not self.popped:
            self.low, self.high, self.at = 0, 2**32 - 1, 32
            self.masked = masked(self.data)
            self.value = int.from_bytes(self.masked[:4].ljust(4, b"\0"), "big")
        target = ((self.value - self.low + 1) * 2**16 - 1) // (self.high - self.low + 1)
        k = bisect_right(range(count), target, key=lambda k: end(start(k), k, count)) - 1
        a, b = (end(start(edge), edge, count) for edge in (k, k + 1))
        self.take(a, b)
        self.popped.append((a, b))
        self.weight += weight
        return k

    def take(self, a: int, b: int) -> None:
        """Follow the interval [a, b), bit by bit."""
        self.low, self.high = narrowed(self.low, self.high, a, b)
        while True:
            if self.high < 2**31:
                less = 0
            elif self.low >= 2**31:
                less = 2**31
            elif self.low >= 2**30 and self.high < 3 * 2**30:
                less = 2**30
            else:
                return
            byte = self.masked[self.at // 8] if self.at // 8 < len(self.masked) else 0
            self.low = 2 * (self.low - less)
            self.high = 2 * (self.high - less) + 1
            self.value = 2 * (self.value - less) + (byte >> 7 - self.at % 8 & 1)
            self.at += 1

    def push(self, k: int, frequencies: np.ndarray) -> None:
        if len(frequencies) == 1:
            return
        self.close()
        count, below = len(frequencies), int(frequencies[:k].sum())
        ends = end(below, k, count), end(below + int(frequencies[k]), k + 1, count)
        self.pushed.append((ends, 1 if count == 2 else 16))

    def close(self) -> None:
        """The chunk that was popped ends here: its bytes leave the string."""
        if self.popped:
            coded = encode(self.popped)
            need(masked(self.data[: len(coded)]) == coded, "a chunk is not what its symbols give")
            self.data = self.data[len(coded) :]
        self.popped, self.weight = [], 0

    def flush(self) -> None:
        """The run of pushes ends here: its chunks' sure bytes go in front of the string."""
        chunks: list[list[tuple[int, int]]] = []
        total = WEIGHT + 1
        for interval, weight in reversed(self.pushed):
            total += weight
            if total > WEIGHT:
                chunks.append([])
                total = weight
            chunks[-1].append(interval)
        for chunk in reversed(chunks):
            self.data = sure(encode(chunk)) + self.data
        self.pushed = []


def masked(data: bytes) -> bytes:
    mask = hashlib.shake_128(b"").digest(len(data))
    return bytes(a ^ b for a, b in zip(data, mask, strict=True))


def end(below: int, k: int, count: int) -> int:
    """c_k: where the interval of alternative k of `count` begins."""
    need(count <= 2**14, "too many alternatives for the coder torchac")
    return (below * (2**16 - count) >> 24) + k


def narrowed(low: int, high: int, a: int, b: int) -> tuple[int, int]:
    span = high - low + 1
    return low + (span * a >> 16), low + (span * b >> 16) - 1


def encode(chunk: list[tuple[int, int]]) -> bytes:
    low, high, pending = 0, 2**32 - 1, 0
    bits: list[str] = []
    for a, b in chunk:
        low, high = narrowed(low, high, a, b)
        while True:
            if high < 2**31 or low >= 2**31:
                bit = int(low >= 2**31)
                bits.append(f"{bit}" + f"{1 - bit}" * pending)
                pending, less = 0, bit * 2**31
            elif low >= 2**30 and high < 3 * 2**30:
                pending += 1
                less = 2**30
            else:
                break
            low, high = 2 * (low - less), 2 * (high - less) + 1
    bit = int(low >= 2**30)
    text = "".join(bits) + f"{bit}" + f"{1 - bit}" * (pending + 1)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def sure(coded: bytes) -> bytes:
    text = f"{int.from_bytes(coded, 'big'):0{8 * len(coded)}b}"
    left = len(text.rstrip("0").rstrip("1"))
    return coded[: max(0, left - 1) // 8]
