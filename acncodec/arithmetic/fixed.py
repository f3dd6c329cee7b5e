"""Fixed-point arithmetic: integers carried in float64, and the proof that they stay exact.

An activation is an integer a that stands for a / 2^scale. A float64 matrix product of
integers is exact, in any order of summation, while the sum of the magnitudes of its terms
stays below 2^53; `Affine` proves that for each layer when it is made, loaded or saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.prepared import Prepared
from acncodec.errors import FreezeError

OPERAND_BITS = 14
OPERAND_MAX = (1 << OPERAND_BITS) - 1
"""Largest magnitude of an operand: every weight and activation fits 15 bits signed."""

ACCUMULATOR_LIMIT = 1 << 53
MAX_SHIFT = 40
ZERO_SHIFT = 14
"""Of a layer all of whose weights are zero, at most: about that of others."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ScaleGroup:
    """Consecutive inputs of a layer that share one scale: `size` of them, at 2^`scale`."""

    size: int
    scale: int


@dataclass(frozen=True, eq=False)
class Affine(Prepared):
    """y = (W a + b) / 2^shift, rounded to the nearest integer, halves upwards.

    weight: int16 (out, in), magnitudes at most `OPERAND_MAX`; lift: uint8 (in,), the power
    of two by which products of that input are multiplied, so that inputs of different
    scales meet at one accumulator scale; bias: int64 (out,), at that scale.

    Raises `FreezeError` when an operand is too wide or the accumulator could reach 2^53.
    """

    weight: NDArray[np.int16]
    lift: NDArray[np.uint8]
    bias: NDArray[np.int64]
    shift: int

    def __post_init__(self) -> None:
        if self.weight.ndim != 2 or self.lift.shape != (self.weight.shape[1],):
            raise FreezeError("weight must be (out, in) and lift (in,)")
        if self.bias.shape != (self.weight.shape[0],):
            raise FreezeError("bias must be (out,)")
        if not 0 <= self.shift <= MAX_SHIFT or self.lift.max(initial=0) > MAX_SHIFT:
            raise FreezeError(f"shift {self.shift} or a lift is out of range 0..{MAX_SHIFT}")
        if np.abs(self.weight.astype(np.int64)).max(initial=0) > OPERAND_MAX:
            raise FreezeError("a weight needs more than 15 bits")
        if self.accumulator_bound >= ACCUMULATOR_LIMIT:
            raise FreezeError(
                f"the accumulator could reach 2^{np.log2(float(self.accumulator_bound)):.1f}; "
                "float64 is exact only below 2^53"
            )

    @property
    def accumulator_bound(self) -> int:
        """Largest magnitude that any partial sum can take, whatever the inputs are."""
        rows = self._int_matrix_rows()
        bias = [abs(int(value)) for value in self.bias]
        half = (1 << self.shift) // 2
        return max((row + b + half for row, b in zip(rows, bias, strict=True)), default=0)

    def _int_matrix_rows(self) -> list[int]:
        # Lifted sums may leave 64 bits, sums of inputs with the same lift do not.
        magnitudes = np.abs(self.weight.astype(np.int64))
        totals = [0] * len(self.weight)
        for lift in np.unique(self.lift).tolist():
            part = magnitudes[:, self.lift == lift].sum(1).tolist()
            totals = [total + (more << lift) for total, more in zip(totals, part, strict=True)]
        return [total * OPERAND_MAX for total in totals]

    @cached_property
    def matrix(self) -> Floats:
        """float64 (in, out), contiguous: the transposed weights with their lifts."""
        lifted = self.weight.astype(np.float64) * np.exp2(self.lift.astype(np.float64))
        return np.ascontiguousarray(lifted.T)

    @cached_property
    def rounded_bias(self) -> NDArray[np.int64]:
        """int64 (out,): the bias with half a unit of the result added, so `>> shift` rounds."""
        return self.bias + ((1 << self.shift) >> 1)

    def apply(self, inputs: Floats, limit: int = OPERAND_MAX) -> Floats:
        """Integers (n, in) to integers (n, out) clamped to +-limit, both as float64."""
        out = np.dot(inputs, self.matrix)
        out += self.rounded_bias
        out *= 0.5**self.shift
        np.floor(out, out)
        clamped: Floats = np.clip(out, -limit, limit, out=out)
        return clamped


def scale_for(largest: float, margin: float = 1.5, most: int = OPERAND_BITS) -> int:
    """The finest power-of-two scale at which `largest` times `margin` is still an operand."""
    if not np.isfinite(largest):
        raise FreezeError("an activation is not finite")
    reach = max(largest * margin, 2.0**-20)
    return int(min(most, np.floor(np.log2(OPERAND_MAX / reach))))


def quantise(
    weight: Floats,
    bias: Floats | None,
    inputs: Sequence[ScaleGroup],
    out_scale: int,
    weight_bits: int = OPERAND_BITS,
) -> Affine:
    """Turn float weights (out, in) into the `Affine` whose result stands at 2^`out_scale`.

    Each group's weights get the finest scale at which they fit `weight_bits` bits and a sign;
    where all are zero, one that leaves a usual shift.
    """
    if sum(group.size for group in inputs) != weight.shape[1]:
        raise FreezeError("input groups do not add up to the layer's inputs")
    if not np.isfinite(weight).all() or (bias is not None and not np.isfinite(bias).all()):
        raise FreezeError("a weight is not finite")
    scales, column = [], 0
    margin = 2.0 ** (OPERAND_BITS - weight_bits)
    for group in inputs:
        part = weight[:, column : column + group.size]
        largest = float(np.abs(part).max(initial=0.0))
        scale = scale_for(largest, margin, most=24) + group.scale
        if largest == 0.0:  # any scale is exact; a fine one takes room that sums need
            scale = min(scale, out_scale + ZERO_SHIFT)
        scales.append(scale)
        column += group.size
    accumulator = max(*scales, out_scale)
    # A coarse group is lifted; one far coarser than the rest would overflow, which the
    # bound then reports.
    weights, lifts, column = [], [], 0
    for group, scale in zip(inputs, scales, strict=True):
        part = weight[:, column : column + group.size]
        weights.append(np.rint(part * 2.0 ** (scale - group.scale)))
        lifts.append(np.full(group.size, accumulator - scale))
        column += group.size
    whole = np.zeros(len(weight)) if bias is None else bias
    return Affine(
        np.concatenate(weights, 1).astype(np.int16),
        np.concatenate(lifts).astype(np.uint8),
        np.rint(whole * 2.0**accumulator).astype(np.int64),
        accumulator - out_scale,
    )
