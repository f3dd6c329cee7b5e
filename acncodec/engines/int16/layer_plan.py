"""A layer cut into segments whose sums stay within 32 bits: the plan, and its proof.

See `tile`. With inputs a of at most `OPERAND_MAX` and weights w, a segment adds at most
OPERAND_MAX * sum |w| to an output's sum. The sum is divided whenever the next segment
could carry it to 2^31, and a segment that alone could is cut into shorter ones, down to pairs of
inputs, whose two products of 15-bit operands stay below 2^29. Inputs whose products are
lifted come first, those lifted most before the others: after the division by 2^(shift - lift) the
rest is lifted to where the next ones meet it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine
from acncodec.engines.int16.tile import WIDTHS

LIMIT = 1 << 31
MAX_SHIFT = 29
"""The rest of a division and as much again must stay within 32 bits."""
HIGH_LIMIT = 1 << 30

Ints = NDArray[np.int64]
Narrow = NDArray[np.int16]


@dataclass(frozen=True)
class Piece:
    """Consecutive inputs of a layer that lie side by side in memory.

    source: which array they are in; tap: where in it, by the caller's own count.
    """

    source: int
    tap: int
    size: int


@dataclass(frozen=True, eq=False)
class Plan:
    """A layer as `tile` takes it. sources, taps, firsts: int64 (segments,), of which piece each is
    a part, and its first input there; weights: int16 (columns of tiles, pairs, width, 2); affine,
    pieces and bias are what was planned."""

    affine: Affine
    pieces: tuple[Piece, ...]
    bias: Ints
    sources: Ints
    taps: Ints
    firsts: Ints
    pairs: Ints
    shifts: Ints
    ups: Ints
    weights: Narrow
    start: NDArray[np.int32]
    low: NDArray[np.int32]
    shift: int


@dataclass
class _Segment:
    piece: Piece
    first: int
    weight: Ints
    lift: int
    shift: int = -1
    up: int = 0

    @property
    def pairs(self) -> int:
        """Pairs of inputs; the last one may have but one."""
        return -(-int(self.weight.shape[1]) // 2)

    @property
    def most(self) -> int:
        """The most that it adds to the magnitude of a sum."""
        return int(np.abs(self.weight).sum(1).max(initial=0)) * OPERAND_MAX


def _cut(segment: _Segment, room: int) -> list[_Segment]:
    """Shorter segments that each add at most `room`."""
    size = segment.weight.shape[1]
    if segment.most <= room or size <= 2:
        return [segment]
    middle = (size // 2 + 1) // 2 * 2
    left, right = np.split(segment.weight, [middle], 1)
    halves = (
        _Segment(segment.piece, segment.first, left, segment.lift),
        _Segment(segment.piece, segment.first + middle, right, segment.lift),
    )
    return [part for half in halves for part in _cut(half, room)]


def plan_layer(affine: Affine, pieces: Sequence[Piece], bias: Ints | None = None) -> Plan | None:
    """Plan `affine`, whose inputs are `pieces` in this order; None where no plan can be exact.

    bias: instead of the layer's own with half a unit of the result.
    """
    shift, first, segments = affine.shift, 0, []
    added = affine.rounded_bias if bias is None else bias
    if shift > MAX_SHIFT:
        return None
    for piece in pieces:
        part = slice(first, first + piece.size)
        first += piece.size
        lifts = set(affine.lift[part].tolist())
        if len(lifts) != 1 or (lift := lifts.pop()) > shift:
            return None
        weight = affine.weight[:, part].astype(np.int64)
        segments += _cut(_Segment(piece, 0, weight, lift), LIMIT - (2 << shift))
    segments.sort(key=lambda segment: -segment.lift)
    if not _place_divisions(segments, shift):
        return None
    reach = (affine.accumulator_bound + int(np.abs(added).max(initial=0))) >> shift
    if reach + len(segments) >= HIGH_LIMIT:
        return None
    return Plan(
        affine=affine,
        pieces=tuple(pieces),
        bias=added,
        sources=np.array([segment.piece.source for segment in segments]),
        taps=np.array([segment.piece.tap for segment in segments]),
        firsts=np.array([segment.first for segment in segments]),
        pairs=np.array([segment.pairs for segment in segments]),
        shifts=np.array([segment.shift for segment in segments]),
        ups=np.array([segment.up for segment in segments]),
        weights=_pack(segments, len(affine.weight)),
        start=_padded(added >> shift),
        low=_padded(added & ((1 << shift) - 1)),
        shift=shift,
    )


def _place_divisions(segments: list[_Segment], shift: int) -> bool:
    """Say after which segments to divide. False if a sum could leave 32 bits all the same.

    `held` bounds the sum, at the lift of the segment at hand. The last division adds less than
    2^shift before it.
    """
    held = 0
    for index, segment in enumerate(segments):
        if index and (
            segments[index - 1].lift != segment.lift or held + segment.most + (1 << shift) >= LIMIT
        ):
            before = segments[index - 1]
            before.shift, before.up = shift - before.lift, before.lift - segment.lift
            held = ((1 << before.shift) - 1) << before.up
        held += segment.most
        if held + (1 << shift) >= LIMIT:
            return False
    last = segments[-1]
    if last.lift:  # the last division is by 2^shift, of sums that are not lifted
        last.shift, last.up = shift - last.lift, last.lift
    return True


def width_of(outputs: int) -> int:
    """The widest tile that wastes least."""
    return min(WIDTHS, key=lambda width: (-(-outputs // width) * width, -width))


def _padded(values: Ints) -> NDArray[np.int32]:
    """int32, with zeros up to whole tiles."""
    width = width_of(len(values))
    out = np.zeros(-(-len(values) // width) * width, np.int32)
    out[: len(values)] = values
    return out


def _pack(segments: Sequence[_Segment], outputs: int) -> Narrow:
    width = width_of(outputs)
    columns, pairs = -(-outputs // width), sum(segment.pairs for segment in segments)
    out = aligned((columns, pairs, width, 2))
    line = 0
    for segment in segments:
        count = segment.pairs
        part = np.zeros((columns * width, 2 * count), np.int16)
        part[:outputs, : segment.weight.shape[1]] = segment.weight
        by_tile = part.reshape(columns, width, count, 2).transpose(0, 2, 1, 3)
        out[:, line : line + count] = by_tile
        line += count
    return out


def aligned(shape: tuple[int, ...]) -> Narrow:
    """Zeros that begin where a line of the cache does."""
    size = int(np.prod(shape))
    room = np.zeros(size + 32, np.int16)
    skip = -room.ctypes.data % 64 // 2
    return room[skip : skip + size].reshape(shape)
