"""The integer product that every fast layer is made of: a few rows of 15-bit operands by many.

Float64 holds 53 bits and multiplies 8 numbers at once where a processor multiplies 32 pairs of
16-bit integers (x86: `vpmaddwd`, or `vpdpwssd`, which adds too). Their sums are 32 bits wide, too
few for a whole layer; so a layer's inputs are taken in *runs* short enough that no sum can
leave 32 bits, whatever the operands are (`layer_plan` proves it when a model is loaded). Between
runs the sum is divided: what lies above the layer's shift s goes to `high`, what lies below
stays,

    high += acc >> s        acc &= 2^s - 1

and so high is floor(sum / 2^s) in the end, exactly, which is all that a layer wants.

The functions are written in LLVM's language (`tile_code`), which numba compiles, so that the sums
stay in registers; no compiler is needed where they run. They are compiled once, in a kernel of
their own: compiled loops, which alone call them, find them by their names (`define_tiles`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

from acncodec.engines.int16.tile_code import (
    ARGUMENTS,
    FUNCTION,
    TileShape,
    TileWriter,
    tile_function,
)
from acncodec.run.compiled import compiled

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


def symbol(width: int) -> str:
    """The name of a tile's function."""
    return f"acncodec_tile_{width}_by_{lanes()}"


def _defined(module: Any, width: int) -> Any:
    """The function of a tile, written into `module`: its parts in turn, each of which has as many
    registers as there are."""
    vectors = min(width // lanes(), 4 if lanes() == 16 else 2)
    parts = [
        TileShape(ROWS, width, first, vectors, lanes())
        for first in range(0, 4 * width, 4 * lanes() * vectors)
    ]
    if len(parts) == 1:
        return TileWriter(module, symbol(width), parts[0]).write()
    function = tile_function(module, symbol(width))
    builder = ir.IRBuilder(function.append_basic_block())
    for shape in parts:
        part = TileWriter(module, f"{function.name}_{shape.first}", shape).write()
        part.linkage = "internal"
        builder.call(part, function.args)
    builder.ret_void()
    return function


def _addresses(_context: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, _arguments: Any) -> Any:
        functions = (_defined(builder.module, width) for width in WIDTHS)
        found = [builder.ptrtoint(function, ir.IntType(64)) for function in functions]
        return context.make_tuple(builder, signature.return_type, found)

    result: Any = types.UniTuple
    return result(types.int64, len(WIDTHS))(), code


addresses: Any = intrinsic(_addresses)
"""Where the functions of all tiles are, int64, in the order of `WIDTHS`; whoever asks has them
written into the same module."""


@compiled()
def tile_addresses() -> Any:
    """Where the functions of all tiles are, int64, in the order of `WIDTHS`."""
    return addresses()


def define_tiles(compiled_tiles: Any = tile_addresses) -> None:
    """Let compiled loops find the tiles, before the first of them is compiled or loaded.

    compiled_tiles: what gives their addresses, and must stay as long as they are called.
    """
    for width, address in zip(WIDTHS, compiled_tiles(), strict=True):
        llvmlite.binding.add_symbol(symbol(width), address)


def _place(width: int) -> Any:
    def code(_context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        return builder.ptrtoint(tile_function(builder.module, symbol(width)), ir.IntType(64))

    def place(_context: Any) -> Any:
        return types.int64(), code

    return intrinsic(place)


place_64, place_48, place_32, place_16 = map(_place, WIDTHS)
"""Where the function of tiles of `width` outputs is."""


def _call_tile(
    _context: Any, _place: Any, _kind: Any, _call: Any, _weights: Any, _start: Any, _low: Any,
    _high: Any, _apart: Any, _result: Any, _step: Any, _first: Any, _least: Any, _given: Any,
) -> Any:  # fmt: skip
    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place, *others = arguments
        builder.call(builder.inttoptr(place, FUNCTION.as_pointer()), others)
        return context.get_dummy_value()

    return types.void(*[types.int64] * (1 + ARGUMENTS)), code


call_tile: Any = intrinsic(_call_tile)
"""Multiply ROWS rows by a tile's columns, by the function at a place. All arguments are int64;
those of arrays, addresses.

kind: what becomes of the sums. call: of a *call*. In it, of runs: addresses of row 0 of each,
which is int16; strides, bytes from a row to the next; pairs, how many pairs of inputs it has;
shifts, that of the division after it, or -1 for none; ups, by how much the rest is then
lifted. weights: int16 (pairs of all runs, columns, 2); start, low: int32 (columns,), what
`high` starts from and what is added to the rest before the last division. first: the first
row.

- `SUMS`: high, int32, ROWS lines `apart` bytes apart, and `result`, the rests of the last
  division, int32, `step` bytes apart; the others are of no meaning.
- `OPERANDS`: the result is int16, ROWS lines `step` bytes apart, of what would be `high`,
  clamped to `least` .. `OPERAND_MAX`; in high may be anything.
- `RESIDUAL`: the same, but that `given` is added to the sum before it is divided: int16, ROWS
  lines `step` bytes apart, at a scale of its own, of which the call tells.
"""
