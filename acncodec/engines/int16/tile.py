"""The integer product that every fast layer is made of: a few rows of 15-bit operands by many.

Float64 holds 53 bits and multiplies 8 numbers at once where a processor multiplies 32 pairs of
16-bit integers (x86: `vpmaddwd`, or `vpdpwssd`, which adds too). Their sums are 32 bits wide, too
few for a whole layer; so a layer's inputs are taken in *runs* short enough that no sum can
leave 32 bits, whatever the operands are (`layer_plan` proves it when a model is loaded). Between
runs the sum is divided: what lies above the layer's shift s goes to `high`, what lies below
stays,

    high += acc >> s        acc &= 2^s - 1

and so high is floor(sum / 2^s) in the end, exactly, which is all that a layer wants.

The function is written in LLVM's language (`tile_code`), which numba compiles, so that the sums
stay in registers; no compiler is needed where it runs. It is called from compiled loops alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import llvmlite.binding
from numba import config, types
from numba.extending import intrinsic

from acncodec.engines.int16.tile_code import (
    ARGUMENTS,
    OPERANDS,
    RESIDUAL,
    SUMS,
    TileShape,
    TileWriter,
)

ROWS = 6
"""Rows of a tile: 6 by 64 sums fill 24 of 32 registers of 16 sums each."""
WIDTHS = (64, 48, 32, 16)
"""Outputs of a tile."""


def lanes() -> int:
    """Sums in a register here: 16, 8, or 0 where the product is not to be had."""
    settings: Any = config
    told = settings.CPU_NAME, settings.CPU_FEATURES, settings.DISABLE_JIT
    if any(told) or not settings.ENABLE_AVX:  # numba may then know less than this processor has
        return 0
    return _host_lanes()


@cache
def _host_lanes() -> int:
    features = llvmlite.binding.get_host_cpu_features()
    if features.get("avx512bw"):
        return 16
    return 8 if features.get("avx2") else 0


def _functions(module: Any, width: int, kind: str) -> list[Any]:
    """The functions that together make a tile of `width` outputs."""
    vectors = min(width // lanes(), 4 if lanes() == 16 else 2)
    step = 4 * lanes() * vectors
    found = []
    for first in range(0, 4 * width, step):
        name = f"acncodec_{kind}_{width}_{first}"
        if name not in module.globals:
            tile = TileShape(ROWS, width, first, vectors, lanes())
            TileWriter(module, name, tile, kind).write()
        found.append(module.globals[name])
    return found


def _tile(width: int, what: str) -> Any:
    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        for function in _functions(builder.module, width, what):
            builder.call(function, arguments)
        return context.get_dummy_value()

    @intrinsic
    def tile(
        _context: Any, _call: Any, _weights: Any, _start: Any, _low: Any, _high: Any, _apart: Any,
        _result: Any, _step: Any, _first: Any, _least: Any, _given: Any,
    ) -> Any:  # fmt: skip
        return types.void(*[types.int64] * ARGUMENTS), code

    return tile


sums_64, sums_48, sums_32, sums_16 = (_tile(width, SUMS) for width in WIDTHS)
"""Multiply ROWS rows by `width` columns. All arguments are integers; those of arrays, addresses.

call: of a *call*. In it, of runs: addresses of row 0 of each, which is int16; strides, int64, bytes
from a row to the next; pairs, int64, how many pairs of inputs it has; shifts, int64, that of the
division after it, or -1 for none; ups, int64, by how much the rest is then lifted. weights: int16
(pairs of all runs, width, 2); start, low: int32 (width,), what `high` starts from and what is
added to the rest before the last division. Results: high, int32, ROWS lines `apart` bytes apart,
and `result`, the rests of the last division, int32, `step` bytes apart. first: the first row. The
others are of no meaning.
"""

operands_64, operands_48, operands_32, operands_16 = (_tile(width, OPERANDS) for width in WIDTHS)
"""The same, but that the result is operands: int16, ROWS lines `step` bytes apart, of what would
be `high`, clamped to `least` .. `OPERAND_MAX`. In high may be anything.
"""

residual_64, residual_48, residual_32, residual_16 = (_tile(width, RESIDUAL) for width in WIDTHS)
"""The same, but that `given` is added to the sum before it is divided: int16, ROWS lines `step`
bytes apart, at a scale of its own, of which the call tells.
"""
