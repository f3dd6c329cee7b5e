"""Groups of outputs: as tensors and back, and how far they may be lifted."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.arithmetic.fixed import Affine
from acncodec.arithmetic.tensors import check_tensors
from acncodec.errors import FreezeError, ModelError
from acncodec.parts.outputs import (
    MAX_UP,
    OutputGroup,
    check_outputs,
    outputs_schema,
    outputs_tensors,
    read_outputs,
)


def group(outputs: int, weight: int, shift: int, up: int) -> OutputGroup:
    whole = np.full((outputs, 4), weight, np.int16)
    nothing = np.zeros(outputs, np.int64)
    return OutputGroup(Affine(whole, np.zeros(4, np.uint8), nothing, shift), up)


def test_groups_come_back_from_their_tensors() -> None:
    groups = group(3, 100, 5, 2), group(1, -7, 0, 0)
    tensors = outputs_tensors(groups)
    check_tensors(outputs_schema((3, 1), 4), tensors)
    with pytest.raises(ModelError, match=r"outputs\.0\.weight has shape"):
        check_tensors(outputs_schema((2, 1), 4), tensors)
    back = read_outputs(tensors, 2)
    assert [one.up for one in back] == [2, 0]
    again = outputs_tensors(back)
    assert again.keys() == tensors.keys()
    assert all(np.array_equal(again[name], tensors[name]) for name in tensors)


def test_outputs_stay_below_what_float64_holds() -> None:
    bound = 4 * 16383 * 16383  # below 2^30
    assert group(1, 16383, 0, 0).affine.accumulator_bound == bound
    check_outputs([group(1, 16383, 0, 23), group(1, 16383, 20, 42), group(1, 0, 0, MAX_UP)])
    for refused in (
        group(1, 16383, 0, 24), group(1, 16383, 20, 43), group(1, 0, 0, MAX_UP + 1),
        group(1, 0, 0, -1),
    ):  # fmt: skip
        with pytest.raises(FreezeError, match="range"):
            check_outputs([group(1, 1, 0, 0), refused])
