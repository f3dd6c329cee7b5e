"""A stack made of an arithmetic coder, which is first in, first out (torchac).

The stack is a string of bytes whose front is its top. Symbols pushed without a pop between them
are coded together, the last pushed first, as *chunks* laid in front of the string. So are symbols
popped without a push between them decoded together, from the front. Neither a chunk's length nor
its end is stored: whoever knows its symbols codes them again and sees how long it is.

    Alice pushes    whole chunk + string               Bob pops     removes the whole chunk
    Alice pops      removes the chunk's sure bytes     Bob pushes   sure bytes + string

What Alice pops was not written by a coder: it lies within the interval of the symbols that she
reads in it, so that coding those gives the same bytes up to the coder's last few bits. The bytes
before those are the *sure* ones. She removes them alone and leaves the rest; Bob puts back the
same ones. Each chunk so costs about a byte, and no byte is stored beside.

The front of a chunk is far from random: images begin with pixels that are nearly certain, which
leaves it close to zero, and what Alice pops from there would be most unlikely. So a whole chunk
is xored with a fixed string of random bytes, the *mask*.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.distribution import TOTAL_BITS as FINE_BITS
from acncodec.contracts.distribution import Distribution, Intervals, Ints
from acncodec.errors import CoderError, CorruptionError
from acncodec.stack.ans import StackExhaustedError, require_bits, seed_words
from acncodec.stack.torchac_backend import (
    MAX_ALTERNATIVES,
    TOTAL,
    TOTAL_BITS,
    KnownSymbols,
    encode_intervals,
)

CHUNK_WEIGHT = 1 << 15
"""What a chunk's symbols may weigh together. It bounds the time for decoding, and is part of the
format."""

MASK_BYTES = 1 << 17
"""More than any chunk has."""

BINARY_WEIGHT, OTHER_WEIGHT = 1, 16


@functools.cache
def mask() -> NDArray[np.uint8]:
    """The mask's bytes, uint8 (MASK_BYTES,): SHAKE-128 (FIPS 202) of nothing."""
    return np.frombuffer(hashlib.shake_128(b"").digest(MASK_BYTES), np.uint8)


def masked(content: bytes) -> bytes:
    """Xor the first MASK_BYTES bytes of `content` with the mask, and leave out the rest."""
    part = np.frombuffer(content[:MASK_BYTES], np.uint8)
    return (part ^ mask()[: len(part)]).tobytes()


def symbol_weight(alternatives: int) -> int:
    """What a symbol takes of a chunk's weight."""
    return BINARY_WEIGHT if alternatives == 2 else OTHER_WEIGHT


def check_alternatives(alternatives: int) -> None:
    """Raise `CoderError` for more than torchac takes."""
    if alternatives > MAX_ALTERNATIVES:
        raise CoderError(f"torchac takes up to {MAX_ALTERNATIVES} alternatives, not {alternatives}")


def coarse(places: Ints, alternatives: int) -> Ints:
    """Places of range(2^24) in range(2^16), where each of the alternatives before them has a part
    of 1 yet to be added: the rest is shared, rounded down as frequencies add up."""
    out: Ints = places * (TOTAL - alternatives) >> FINE_BITS
    return out


def interval_starts(frequencies: Ints) -> Ints:
    """Where alternatives begin in range(2^16), and 2^16: int64 (n, K + 1) for (n, K)."""
    size = frequencies.shape[1]
    check_alternatives(size)
    starts = np.zeros((len(frequencies), size + 1), np.int64)
    starts[:, 1:] = coarse(np.cumsum(frequencies, axis=1), size) + np.arange(1, size + 1)
    return starts


def sure_bytes(chunk: bytes) -> int:
    """How many bytes of a coded chunk its symbols decide, whatever stands behind them.

    The coder ends with 0 1...1 or 1 0...0, then fills the byte with zeros. Without its trailing
    zeros, the ones before those and the zero before these, only bits are left that were sure.
    """
    value = int.from_bytes(chunk, "big")
    zeros = (value & -value).bit_length() - 1
    rest = (value >> zeros) + 1
    ones = (rest & -rest).bit_length() - 1
    return max(0, 8 * len(chunk) - zeros - ones - 1) // 8


@dataclass(frozen=True, eq=False)
class _Run:
    """Symbols pushed at once: their intervals, and what each takes of a chunk's weight."""

    lows: Ints
    highs: Ints
    weight: int


def _chunks(runs: Sequence[_Run]) -> Iterator[tuple[Ints, Ints]]:
    """Divide symbols, the stack's top first, into chunks; a chunk takes what it has room for."""
    room, parts = CHUNK_WEIGHT, list[_Run]()
    for run in runs:
        start = 0
        while start < len(run.lows):
            if room < run.weight:
                yield _joined(parts)
                room, parts = CHUNK_WEIGHT, []
            stop = min(len(run.lows), start + room // run.weight)
            parts.append(_Run(run.lows[start:stop], run.highs[start:stop], run.weight))
            room -= (stop - start) * run.weight
            start = stop
    if parts:
        yield _joined(parts)


def _joined(parts: Sequence[_Run]) -> tuple[Ints, Ints]:
    lows = np.concatenate([part.lows for part in parts])
    return lows, np.concatenate([part.highs for part in parts])


class ArithmeticStack:
    """Last in, first out. `ideal_bits` tallies -log2(frequency / 2^16): pushed less popped.

    content: the string of bytes; writing: whether this is Alice's stack, or Bob's, who undoes
    what she did. Raises `MissingExtraError` when torchac is missing.
    """

    state: None = None
    """No compiled loop pops from it."""

    def __init__(self, content: bytes, *, writing: bool) -> None:
        self._content, self._writing = content, writing
        self._known = KnownSymbols(CHUNK_WEIGHT)
        self._room = CHUNK_WEIGHT
        self._unmasked: bytes | None = None
        self._pushed: list[_Run] = []
        self.ideal_bits = 0.0
        self._settled_bits = 0.0

    @classmethod
    def seeded(cls, digest: bytes, blocks: int = 1) -> ArithmeticStack:
        """Alice's stack: nothing on it but the digest (and its hash chain)."""
        return cls(seed_words(digest, blocks).astype("<u4").tobytes(), writing=True)

    @property
    def valid_bits(self) -> int:
        """Bits that can still be popped; of a chunk that is not finished, by its ideal."""
        return 8 * len(self._content) + math.floor(self.ideal_bits - self._settled_bits)

    def payload(self) -> bytes:
        """The stack as it is stored in a file."""
        self._finish_popped()
        self._finish_pushed()
        return self._content

    def remainder(self) -> bytes:
        """What is left after Bob has popped everything: the seed, if nothing went wrong."""
        return self.payload()

    def require(self, bits: float) -> None:
        """Raise `StackExhaustedError` unless `bits` and a word to spare can be popped."""
        require_bits(self.valid_bits, bits)

    def push(self, symbols: Ints, distribution: Distribution) -> None:
        """Push symbols (n,), last one first, so that `pop` gives the first one first."""
        self.push_intervals(distribution.interval(symbols))

    def push_intervals(self, intervals: Intervals) -> None:
        """Push symbols (n,) whose parts are at hand, last one first."""
        symbols, size = intervals.symbols, intervals.alternatives
        if size == 1 or not len(symbols):
            return  # and a certain symbol ends no chunk
        check_alternatives(size)
        self._finish_popped()
        starts = intervals.starts.astype(np.int64)
        lows = coarse(starts, size) + symbols
        highs = coarse(starts + intervals.frequencies, size) + symbols + 1
        self._pushed.append(_Run(lows, highs, symbol_weight(size)))
        self.ideal_bits += _information(lows, highs)

    def pop(self, distribution: Distribution) -> Ints:
        """Pop the distribution's symbols, int64 (n,)."""
        size, total = distribution.alternatives, len(distribution)
        if size == 1 or not total:
            return np.zeros(total, np.int64)
        check_alternatives(size)
        self._finish_pushed()
        starts, weight = interval_starts(distribution.frequencies()), symbol_weight(size)
        symbols, done = np.empty(total, np.int64), 0
        while done < total:
            if self._room < weight:
                self._finish_popped()
            front = self._content if self._writing else self._front()
            part = slice(done, min(total, done + self._room // weight))
            count, own = part.stop - done, starts[part] if len(starts) > 1 else starts
            symbols[part] = self._known.decode(front, own, count)
            rows = np.arange(count) if len(own) > 1 else np.zeros(count, np.int64)
            self.ideal_bits -= _information(own[rows, symbols[part]], own[rows, symbols[part] + 1])
            self._room -= count * weight
            done = part.stop
        return symbols

    def _front(self) -> bytes:
        """What Bob decodes: the front without the mask, as far as a chunk can reach."""
        if self._unmasked is None:
            self._unmasked = masked(self._content)
        return self._unmasked

    def _finish_pushed(self) -> None:
        """Lay what was pushed in front of the string."""
        for lows, highs in reversed(list(_chunks(self._pushed[::-1]))):
            chunk = encode_intervals(lows, highs)
            head = masked(chunk) if self._writing else chunk[: sure_bytes(chunk)]
            self._content = head + self._content
            self._unmasked = None
        if self._pushed:
            self._pushed = []
            self._settled_bits = self.ideal_bits

    def _finish_popped(self) -> None:
        """Remove what was popped from the front of the string.

        Raises `CorruptionError`, or `StackExhaustedError` and `CoderError` when writing, if it
        is not what these symbols give.
        """
        if len(self._known):
            chunk = self._known.encode()
            head = chunk[: sure_bytes(chunk)] if self._writing else masked(chunk)
            if self._writing and len(head) > len(self._content):
                raise StackExhaustedError("a pop emptied the stack")
            if not self._content.startswith(head):
                if self._writing:
                    raise CoderError("symbols popped do not give back the bytes they came from")
                raise CorruptionError("a chunk of the stack is not what its symbols give")
            self._content = self._content[len(head) :]
            self._unmasked = None
            self._known.clear()
            self._settled_bits = self.ideal_bits
        self._room = CHUNK_WEIGHT


def _information(lows: Ints, highs: Ints) -> float:
    return float(TOTAL_BITS * len(lows) - np.log2(highs - lows).sum())
