"""The tile's inner loop is made of the instructions that it was written for, by processor."""

from __future__ import annotations

import platform
import re

import llvmlite.binding as llvm
import pytest
from llvmlite import ir

from acncodec.engines.int16.tile import ROWS
from acncodec.engines.int16.tile_code import TileShape, TileWriter

BESIDE = 4
"""Instructions of a loop but loads, products and sums: two that count, and what ends it."""

pytestmark = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="the tile is written for x86"
)


def loop_of(processor: str, shape: TileShape) -> list[str]:
    """The instructions of the loop over pairs of inputs, as LLVM makes them for a processor."""
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    module = ir.Module("tile")
    module.triple = llvm.get_default_triple()
    TileWriter(module, "tile", shape).write()
    parsed = llvm.parse_assembly(str(module))
    machine = llvm.Target.from_default_triple().create_target_machine(cpu=processor, opt=3)
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(parsed, builder)
    parts = re.split(r"\n(?=\.LBB)", machine.emit_assembly(parsed))
    (loop,) = (part for part in parts if re.search("vpdpwssd|vpmaddwd", part))
    whole = loop[: re.search(r"\tj[a-z]+\t.*", loop).end()]  # type: ignore[union-attr]
    return re.findall(r"^\t([a-z{].*)", whole, re.MULTILINE)


@pytest.mark.parametrize("vectors", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "processor", ["cascadelake", "icelake-server", "sapphirerapids", "emeraldrapids", "znver4",
                  "znver5"],
)  # fmt: skip
def test_products_are_added_by_the_instruction_that_multiplies(
    processor: str, vectors: int
) -> None:
    """LLVM makes two instructions of it where addresses are made from each other."""
    loop = loop_of(processor, TileShape(ROWS, 16 * vectors, 0, vectors, 16))
    assert sum("vpdpwssd" in one for one in loop) == ROWS * vectors
    assert len(loop) <= ROWS * vectors + ROWS + vectors + BESIDE


@pytest.mark.parametrize(
    ("processor", "vectors", "lanes"),
    [("skylake-avx512", vectors, 16) for vectors in (1, 2, 3, 4)]
    + [(processor, 2, 8) for processor in ("haswell", "skylake", "znver2", "znver3")],
)
def test_elsewhere_products_and_sums_are_all_that_there_is(
    processor: str, vectors: int, lanes: int
) -> None:
    """No register is put aside, and rows have one index for all: of AVX2's four instructions at
    once, each that is not there is time."""
    loop = loop_of(processor, TileShape(ROWS, lanes * vectors, 0, vectors, lanes))
    assert sum("vpmaddwd" in one for one in loop) == ROWS * vectors
    assert not any("%rsp" in one for one in loop)
    assert len(loop) <= 2 * ROWS * vectors + ROWS + vectors + BESIDE


def test_narrow_registers_have_it_too_where_the_processor_does() -> None:
    loop = loop_of("alderlake", TileShape(ROWS, 16, 0, 2, 8))
    assert sum("vpdpwssd" in one for one in loop) == 2 * ROWS
    assert len(loop) <= 2 * ROWS + ROWS + 2 + BESIDE
