"""Which arithmetic carries a network out: products of 15-bit integers, or of float64.

Both give the same integers. The faster one, `int16`, is taken where the processor has its product,
the layers can be cut into runs of inputs that fit it, and it passes a test with the largest
operands that there are; else `float64`. ACNCODEC_ENGINE forces one or the other.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.engines.int16.calls import STRIDES, multiply, multiply_to_operands, new_aim
from acncodec.engines.int16.layer_plan import LayerPlan
from acncodec.engines.int16.program import Program, join
from acncodec.engines.int16.tile import ROWS, lanes
from acncodec.errors import ExactnessError

VARIABLE = "ACNCODEC_ENGINE"
ENGINES = ("auto", "int16", "float64")

T = TypeVar("T")


def wanted_engine() -> str:
    """What ACNCODEC_ENGINE asks for, `auto` by default. Raises `ExactnessError` if unknown."""
    name = os.environ.get(VARIABLE) or "auto"
    if name not in ENGINES:
        raise ExactnessError(f"{VARIABLE} is {name!r}; there is {', '.join(ENGINES)}")
    return name


def chosen(program: T | None) -> T | None:
    """What to use now: `program`, which is int16's, or None for float64. Raises
    `ExactnessError` where int16 is asked for and not to be had."""
    name = wanted_engine()
    if name == "int16" and program is None:
        raise ExactnessError(f"{VARIABLE} is int16, which this model or machine does not allow")
    return None if name == "float64" else program


def build_program(plans: Sequence[LayerPlan | None]) -> Program | None:
    """The plans as one program; None if one is missing, or this machine's products are not to
    be trusted with them."""
    found = [plan for plan in plans if plan is not None]
    if len(found) < len(plans) or not lanes():
        return None
    program = join(found)
    exact = all(is_exact(program, layer, plan) for layer, plan in enumerate(found))
    return program if exact else None


def is_exact(program: Program, layer: int, plan: LayerPlan) -> bool:
    """Whether the layer's own largest sums, and others, come out as they should: for each output
    the inputs that agree with all of its weights' signs, and those that disagree."""
    sizes = [piece.size + piece.size % 2 for piece in plan.pieces]
    starts = np.cumsum([0, *sizes])
    real = np.concatenate(
        [start + np.arange(p.size) for start, p in zip(starts, plan.pieces, strict=False)]
    )
    weights = plan.affine.weight.astype(np.int64)
    largest = np.where(weights < 0, -OPERAND_MAX, OPERAND_MAX)
    rng = np.random.default_rng(0)
    others = rng.integers(-OPERAND_MAX, OPERAND_MAX + 1, (ROWS, weights.shape[1]))
    inputs = np.concatenate([largest, -largest, others])
    lifted = weights << plan.affine.lift.astype(np.int64)
    # Whole numbers below 2^53; NumPy's own product of integers takes many times as long.
    products = inputs.astype(np.float64) @ lifted.T.astype(np.float64)
    sums = products.astype(np.int64) + plan.bias
    count = -(-len(inputs) // ROWS) * ROWS
    rows = np.zeros((count, int(starts[-1])), np.int16)
    rows[: len(inputs), real] = inputs
    high = np.empty((ROWS, len(plan.start)), np.int32)
    below = np.empty_like(high)
    clamped = np.empty(high.shape, np.int16)
    least = -OPERAND_MAX if layer % 2 else 0
    aim = new_aim(1 + max(piece.tap for piece in plan.pieces))
    aim[STRIDES] = rows.strides[0]
    for first in range(0, count, ROWS):
        for start, piece in zip(starts, plan.pieces, strict=False):
            aim[piece.source, piece.tap] = rows[first:, start:].ctypes.data
        multiply(program, layer, aim, high, below)
        whole = sums[first : first + ROWS]
        got = (high.astype(np.int64) << plan.shift) + below
        if not np.array_equal(got[: len(whole), : whole.shape[1]], whole):
            return False
        multiply_to_operands(program, layer, aim, high, clamped, least)
        bounded = np.clip(whole >> plan.shift, least, OPERAND_MAX)
        if not np.array_equal(clamped[: len(whole), : whole.shape[1]], bounded):
            return False
    return True
