"""The tile's inner loop is made of the instructions that it was written for."""

from __future__ import annotations

import re

import llvmlite.binding
import numpy as np
import pytest
from numba import njit, typeof

from acncodec.engines.int16 import calls
from acncodec.engines.int16.tile import lanes

NUMBERS = {"sums": 5, "operands": 7, "residual": 7}
"""Arguments of each beside the calls."""


@pytest.mark.skipif(
    lanes() != 16 or not llvmlite.binding.get_host_cpu_features().get("avx512vnni"),
    reason="this processor has no instruction that multiplies and adds",
)
@pytest.mark.parametrize("name", NUMBERS)
def test_products_are_added_by_the_instruction_that_multiplies(name: str) -> None:
    """LLVM makes two instructions of it where addresses are made from each other. (Of a tile of one
    register a row, six sums that each wait for themselves, it makes two by choice for
    `emeraldrapids` and one for other processors; such tiles are what is left over of a layer.)"""
    function = njit(getattr(calls, name).py_func)
    signature = (typeof(np.zeros((1, 30), np.int64)), *[typeof(1)] * NUMBERS[name])
    function.compile(signature)
    assembly = function.inspect_asm(function.signatures[0])
    parts = re.split(r"\n(?=\.LBB)", assembly)
    loops = [part for part in parts if part.count("vpdpwssd") >= 12][:3]
    assert [part.count("vpdpwssd") for part in loops] == [24, 18, 12]
    assert not any("vpmaddwd" in part for part in loops)
