"""The tile's inner loop is made of the instructions that it was written for."""

from __future__ import annotations

import re

import llvmlite.binding
import pytest
from numba import njit

from acncodec.engines.int16.tile import ROWS, lanes, tile_addresses


@pytest.mark.skipif(
    lanes() != 16 or not llvmlite.binding.get_host_cpu_features().get("avx512vnni"),
    reason="this processor has no instruction that multiplies and adds",
)
def test_products_are_added_by_the_instruction_that_multiplies() -> None:
    """LLVM makes two instructions of it where addresses are made from each other. (Of a tile of one
    register a row, six sums that each wait for themselves, it makes two by choice for
    `emeraldrapids` and one for other processors; such tiles are what is left over of a layer.)"""
    function = njit(tile_addresses.py_func)
    function.compile(())
    assembly = function.inspect_asm(function.signatures[0])
    parts = re.split(r"\n(?=\.LBB)", assembly)
    loops = [part for part in parts if part.count("vpdpwssd") >= 12]
    counts = [part.count("vpdpwssd") for part in loops]  # of one pair, or of two at a time
    for registers in (4, 3, 2):
        assert sum(not count % (ROWS * registers) for count in counts) >= 1
    assert not any("vpmaddwd" in part for part in loops)
