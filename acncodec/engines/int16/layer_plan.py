"""A layer cut into runs of inputs whose sums stay within 32 bits: the plan, and its proof.

See `tile`. With inputs a of at most `OPERAND_MAX` and weights w, a run adds at most
OPERAND_MAX * sum |w| to an output's sum. The sum is divided before the pair of inputs that could
carry any output's sum to 2^31; the two products of 15-bit operands of a pair stay below 2^29.
Inputs whose products are lifted come first, those lifted most before the others: after the
division by 2^(shift - lift) the rest is lifted to where the next ones meet it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine
from acncodec.engines.int16.tile import WIDTHS, lanes

LIMIT = 1 << 31
MAX_SHIFT = 29
"""The rest of a division and as much again must stay within 32 bits."""
HIGH_LIMIT = 1 << 30

Ints = NDArray[np.int64]
Int16s = NDArray[np.int16]


@dataclass(frozen=True)
class Piece:
    """Consecutive inputs of a layer that lie side by side in memory.

    source: which array they are in; tap: where in it, by the caller's own count.
    """

    source: int
    tap: int
    size: int


@dataclass(frozen=True, eq=False)
class LayerPlan:
    """A layer as `tile` takes it. sources, taps, firsts: int64 (runs,), of which piece each is
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
    weights: Int16s
    start: NDArray[np.int32]
    low: NDArray[np.int32]
    shift: int


@dataclass
class Run32:
    """Inputs that lie side by side and whose products' sum fits 32 bits: what a tile adds up
    between two divisions is whole runs. shift: of the division after it, -1 for none; up: by how
    much the rest is then lifted."""

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


class _Cutter:
    """Cuts pieces into runs, as long as no output's sum can leave 32 bits, and divides between
    them.

    held: int64 (outputs,), the most that each sum can be, at the lift of the run at hand. The last
    division adds less than 2^shift before it.
    """

    def __init__(self, outputs: int, shift: int) -> None:
        self._shift, self._held = shift, np.zeros(outputs, np.int64)
        self.runs: list[Run32] = []

    def add(self, piece: Piece, weight: Ints, lift: int) -> bool:
        """Add a piece whose lift is no more than that of the one before; False where a sum could
        leave 32 bits all the same."""
        if self.runs and self.runs[-1].lift != lift:
            self._divide(lift)
        padded = np.pad(np.abs(weight), ((0, 0), (0, weight.shape[1] % 2)))
        most = padded.reshape(len(weight), -1, 2).sum(2) * OPERAND_MAX
        first = 0
        while first < most.shape[1]:
            reach = (self._held[:, None] + np.cumsum(most[:, first:], 1)).max(0)
            over = reach + (1 << self._shift) >= LIMIT
            fitting = int(over.argmax()) if over.any() else len(over)
            if fitting:
                part = weight[:, 2 * first : 2 * (first + fitting)]
                self.runs.append(Run32(piece, 2 * first, part, lift))
                self._held = self._held + most[:, first : first + fitting].sum(1)
                first += fitting
            elif not self.runs or self.runs[-1].shift >= 0:
                return False
            if first < most.shape[1]:
                self._divide(lift)
        return True

    def end(self) -> None:
        """The last division is by 2^shift, of sums that are not lifted."""
        if self.runs and self.runs[-1].lift:
            self._divide(0)

    def _divide(self, lift: int) -> None:
        """Divide after the last run, before one of this lift."""
        last = self.runs[-1]
        last.shift, last.up = self._shift - last.lift, last.lift - lift
        self._held = np.full_like(self._held, ((1 << last.shift) - 1) << last.up)


def plan_layer(
    affine: Affine, pieces: Sequence[Piece], bias: Ints | None = None
) -> LayerPlan | None:
    """Plan `affine`, whose inputs are `pieces` in this order; None where no plan can be exact.

    bias: instead of the layer's own with half a unit of the result.
    """
    shift, first, parts = affine.shift, 0, []
    added = affine.rounded_bias if bias is None else bias
    if shift > MAX_SHIFT:
        return None
    for piece in pieces:
        part = slice(first, first + piece.size)
        first += piece.size
        lifts = set(affine.lift[part].tolist())
        if len(lifts) != 1 or (lift := lifts.pop()) > shift:
            return None
        parts.append((piece, affine.weight[:, part].astype(np.int64), lift))
    cutter = _Cutter(len(affine.weight), shift)
    if not all(cutter.add(*part) for part in sorted(parts, key=lambda part: -part[2])):
        return None
    cutter.end()
    runs = cutter.runs
    reach = (affine.accumulator_bound + int(np.abs(added).max(initial=0))) >> shift
    if reach + len(runs) >= HIGH_LIMIT:
        return None
    return LayerPlan(
        affine=affine,
        pieces=tuple(pieces),
        bias=added,
        sources=np.array([run.piece.source for run in runs]),
        taps=np.array([run.piece.tap for run in runs]),
        firsts=np.array([run.first for run in runs]),
        pairs=np.array([run.pairs for run in runs]),
        shifts=np.array([run.shift for run in runs]),
        ups=np.array([run.up for run in runs]),
        weights=_pack(runs, len(affine.weight)),
        start=_padded(added >> shift),
        low=_padded(added & ((1 << shift) - 1)),
        shift=shift,
    )


def width_of(outputs: int) -> int:
    """The widest tile that wastes least. Where registers hold 8 sums, the narrowest: that is what
    they make at once, and its weights then lie one after the other."""
    widths = WIDTHS[-1:] if lanes() == 8 else WIDTHS
    return min(widths, key=lambda width: (-(-outputs // width) * width, -width))


def _padded(values: Ints) -> NDArray[np.int32]:
    """int32, with zeros up to whole tiles."""
    width = width_of(len(values))
    out = np.zeros(-(-len(values) // width) * width, np.int32)
    out[: len(values)] = values
    return out


def _pack(runs: Sequence[Run32], outputs: int) -> Int16s:
    width = width_of(outputs)
    columns, pairs = -(-outputs // width), sum(run.pairs for run in runs)
    out = aligned((columns, pairs, width, 2))
    line = 0
    for run in runs:
        count = run.pairs
        part = np.zeros((columns * width, 2 * count), np.int16)
        part[:outputs, : run.weight.shape[1]] = run.weight
        by_tile = part.reshape(columns, width, count, 2).transpose(0, 2, 1, 3)
        out[:, line : line + count] = by_tile
        line += count
    return out


def aligned(shape: tuple[int, ...]) -> Int16s:
    """Zeros that begin where a line of the cache does."""
    size = int(np.prod(shape))
    room = np.zeros(size + 32, np.int16)
    skip = -room.ctypes.data % 64 // 2
    return room[skip : skip + size].reshape(shape)
