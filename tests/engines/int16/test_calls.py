"""Tiles of every width give what integers of Python's size give, whatever becomes of the sums."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import njit

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine
from acncodec.engines.int16 import calls, tile
from acncodec.engines.int16.calls import STRIDES, new_aim, point, residual_of
from acncodec.engines.int16.layer_plan import Piece, plan_layer
from acncodec.engines.int16.program import join
from acncodec.engines.int16.residual import MAX_LIFT
from acncodec.engines.int16.tile import ROWS, lanes

pytestmark = pytest.mark.skipif(not lanes(), reason="this processor has no product of int16")

WIDTHS = [5, 16, 28, 40, 64, 100]
FIRST = 3
SPARE = 7
"""What lies beside what a tile may write: it must stay."""


def up16(size: int) -> int:
    return -(-size // 16) * 16


class Case:
    """A layer of two pieces, one of them lifted, its inputs, and the sums as they should be.
    absent: the pieces where there is nothing, and no address."""

    def __init__(
        self, outputs: int, shift: int, largest: int, seed: int, absent: tuple[int, ...] = ()
    ) -> None:
        rng = np.random.default_rng(seed)
        sizes, lifts = (9, 30), (2, 0)
        inputs = sum(sizes)
        weight = rng.integers(-largest, largest + 1, (outputs, inputs)).astype(np.int16)
        lift = np.repeat(np.array(lifts, np.uint8), sizes)
        self.affine = Affine(weight, lift, rng.integers(-5000, 5000, outputs), shift)
        plan = plan_layer(self.affine, [Piece(0, 0, sizes[0]), Piece(1, 0, sizes[1])])
        assert plan is not None
        self.shift, self.outputs, self.program = shift, outputs, join([plan])

        self.x = [
            rng.integers(-OPERAND_MAX, OPERAND_MAX + 1, (ROWS + FIRST, size + size % 2 + 2))
            for size in sizes
        ]
        self.x = [
            (values * (source not in absent)).astype(np.int16)
            for source, values in enumerate(self.x)
        ]
        seen = np.concatenate(
            [values[FIRST:, :size] for values, size in zip(self.x, sizes, strict=True)], 1
        ).astype(np.int64)
        lifted = weight.astype(np.int64) << lift.astype(np.int64)
        self.sums = seen @ lifted.T + self.affine.rounded_bias
        self.high = np.full((ROWS, up16(outputs)), -1, np.int32)
        self.apart = self.high.strides[0]
        self.calls, self.layer = calls.new_calls(self.program), np.int64(0)
        aim = new_aim(1)
        for source, values in enumerate(self.x):
            aim[source, 0] = 0 if source in absent else values.ctypes.data
            aim[STRIDES, source] = values.strides[0]
        point(self.calls, self.program, self.layer, aim)

    def room(self) -> np.ndarray:
        """int16, with lines beside."""
        return np.full((ROWS + 1, up16(self.outputs) + 16), SPARE, np.int16)

    def check_beside(self, out: np.ndarray) -> None:
        assert (out[ROWS:] == SPARE).all() and (out[:, up16(self.outputs) :] == SPARE).all()
        assert not out[:ROWS, self.outputs : up16(self.outputs)].any()


CASES = [(width, shift, largest) for width in WIDTHS for shift, largest in ((9, 900), (15, 16000))]


def check_sums(case: Case, sums: Any) -> None:
    below = np.empty_like(case.high)
    sums(case.calls, case.layer, FIRST, case.high.ctypes.data, below.ctypes.data, case.apart)
    got = (case.high.astype(np.int64) << case.shift) + below
    assert np.array_equal(got[:, : case.outputs], case.sums)
    assert (below >= 0).all() and (below < 1 << case.shift).all()


def check_operands(case: Case, operands: Any, least: int) -> None:
    out = case.room()
    operands(
        case.calls, case.layer, FIRST, case.high.ctypes.data, case.apart, out.ctypes.data,
        out.strides[0], least,
    )  # fmt: skip
    want = np.clip(case.sums >> case.shift, least, OPERAND_MAX)
    assert np.array_equal(out[:ROWS, : case.outputs], want)
    case.check_beside(out)


def check_residual(case: Case, residual: Any, up: int) -> None:
    residual_of(case.calls, case.layer, case.shift, up)
    out, given, outputs = case.room(), case.room(), case.outputs
    rng = np.random.default_rng(up)
    given[:ROWS, : up16(outputs)] = 0
    given[:ROWS, :outputs] = rng.integers(-OPERAND_MAX, OPERAND_MAX + 1, (ROWS, outputs))
    residual(
        case.calls, case.layer, FIRST, case.high.ctypes.data, case.apart, out.ctypes.data,
        out.strides[0], given.ctypes.data,
    )  # fmt: skip
    whole = (given[:ROWS, :outputs].astype(np.int64) << up) + case.sums
    want = np.clip(whole >> case.shift, -OPERAND_MAX, OPERAND_MAX)
    assert np.array_equal(out[:ROWS, :outputs], want)
    case.check_beside(out)


@pytest.mark.parametrize(("outputs", "shift", "largest"), CASES)
def test_sums_are_exact(outputs: int, shift: int, largest: int) -> None:
    check_sums(Case(outputs, shift, largest, outputs), calls.sums)


@pytest.mark.parametrize("least", [-OPERAND_MAX, 0])
@pytest.mark.parametrize(("outputs", "shift", "largest"), CASES)
def test_operands_are_exact(outputs: int, shift: int, largest: int, least: int) -> None:
    check_operands(Case(outputs, shift, largest, outputs + 1), calls.operands, least)


@pytest.mark.parametrize("apart", [-MAX_LIFT, -3, 0, 4, MAX_LIFT])
@pytest.mark.parametrize(("outputs", "shift", "largest"), CASES)
def test_residuals_are_exact(outputs: int, shift: int, largest: int, apart: int) -> None:
    case = Case(outputs, shift, largest, outputs + 2)
    check_residual(case, calls.residual, max(0, shift + apart))


@pytest.mark.parametrize("absent", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize(("outputs", "shift", "largest"), CASES)
def test_what_is_absent_counts_as_zeros(
    outputs: int, shift: int, largest: int, absent: tuple[int, ...]
) -> None:
    case = Case(outputs, shift, largest, outputs + 4, absent)
    check_sums(case, calls.sums)
    check_operands(case, calls.operands, -OPERAND_MAX)
    check_residual(case, calls.residual, shift + 1)


def test_registers_of_eight_sums_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a processor without AVX-512 runs, compiled anew from the same source."""
    monkeypatch.setattr(tile, "lanes", lambda: 8)
    addresses = njit(tile.tile_addresses.py_func)
    tile.define_tiles(addresses)
    monkeypatch.setattr(calls, "_place_of", njit(calls._place_of.py_func))
    monkeypatch.setattr(calls, "new_calls", njit(calls.new_calls.py_func))
    sums, operands, residual = (
        njit(one.py_func) for one in (calls.sums, calls.operands, calls.residual)
    )
    for outputs, shift, largest in CASES:
        case = Case(outputs, shift, largest, outputs + 3)
        check_sums(case, sums)
        check_operands(case, operands, 0)
        check_residual(case, residual, shift + 2)
        check_sums(Case(outputs, shift, largest, outputs + 5, (1,)), sums)


def test_some_layers_are_divided_on_the_way() -> None:
    """So that the above is of layers with one division on the way, and with more."""
    counts = {
        int((Case(16, *rest, 16).program.runs[4] >= 0).sum()) for rest in ((9, 900), (15, 16000))
    }
    assert 0 not in counts and len(counts) == 2
