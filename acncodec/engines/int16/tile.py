"""The integer product that every fast layer is made of: a few rows of 15-bit operands by many.

Float64 holds 53 bits and multiplies 8 numbers at once where a processor multiplies 32 pairs of
16-bit integers (x86: `vpmaddwd`, or `vpdpwssd`, which adds too). Their sums are 32 bits wide, too
few for a whole layer; so a layer's inputs are taken in *runs* short enough that no sum can
leave 32 bits, whatever the operands are (`layer_plan` proves it when a model is loaded). Between
runs the sum is divided: what lies above the layer's shift s goes to `high`, what lies below
stays,

    high += acc >> s        acc &= 2^s - 1

and so high is floor(sum / 2^s) in the end, exactly, which is all that a layer wants.

The function is written in LLVM's language, which numba compiles, so that the sums stay in
registers; no compiler is needed where it runs. It is called from compiled loops alone.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import llvmlite.binding
from llvmlite import ir
from numba import config, types
from numba.extending import intrinsic

ROWS = 6
"""Rows of a tile: 6 by 64 sums fill 24 of 32 registers of 16 sums each."""
WIDTHS = (64, 32, 16)
"""Outputs of a tile."""
ARGUMENTS = 13

_I16, _I32, _I64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)


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


def _pairwise(module: Any, count: int) -> Any:
    """The processor's sum of two products each of 2 `count` 16-bit integers."""
    name = "llvm.x86.avx512.pmaddw.d.512" if count == 16 else "llvm.x86.avx2.pmadd.wd"
    halves, sums = ir.VectorType(_I16, 2 * count), ir.VectorType(_I32, count)
    declared = module.globals.get(name)
    return declared or ir.Function(module, ir.FunctionType(sums, [halves, halves]), name)


class _Writer:
    """Writes the function of one tile: `vectors` registers of sums by `ROWS`, from the byte
    `first` of each line of `width` outputs."""

    def __init__(self, module: Any, name: str, width: int, first: int, vectors: int) -> None:
        self._count = lanes()
        self._sums = ir.VectorType(_I32, self._count)
        self._halves = ir.VectorType(_I16, 2 * self._count)
        self._multiply = _pairwise(module, self._count)
        self._line, self._first, self._vectors = 4 * width, first, vectors
        self._rows: list[Any] = []
        kind = ir.FunctionType(ir.VoidType(), [_I64] * ARGUMENTS)
        self.function = ir.Function(module, kind, name)
        self.function.linkage = "internal"
        self.function.attributes.add("noinline")
        self._at = ir.IRBuilder(self.function.append_basic_block("entry"))

    def _load(self, kind: Any, address: Any, align: int) -> Any:
        loaded = self._at.load(self._at.inttoptr(address, kind.as_pointer()))
        loaded.align = align
        return loaded

    def _store(self, value: Any, address: Any) -> None:
        self._at.store(value, self._at.inttoptr(address, value.type.as_pointer())).align = 4

    def _plus(self, address: Any, count: int) -> Any:
        return self._at.add(address, _I64(count))

    def _splat(self, value: Any) -> Any:
        none = ir.Constant(self._sums, ir.Undefined)
        first = self._at.insert_element(none, value, _I32(0))
        return self._at.shuffle_vector(first, none, ir.Constant(self._sums, [0] * self._count))

    def _place(self, index: int, start: Any) -> Any:
        """Where sum `index` lies in an array of ROWS lines."""
        row, vector = divmod(index, self._vectors)
        offset = self._first + 4 * self._count * vector
        return self._plus(self._at.add(start, self._rows[row]), offset)

    def _divide(self, total: Any, shift: Any, high: Any, index: int) -> Any:
        """Add what lies above `shift` to high; return what lies below."""
        place, by = self._place(index, high), self._splat(shift)
        above = self._at.ashr(total, by)
        self._store(self._at.add(self._load(self._sums, place, 4), above), place)
        mask = self._at.sub(self._at.shl(_I32(1), shift), _I32(1))
        return self._at.and_(total, self._splat(mask))

    def _number(self, array: Any, index: Any) -> Any:
        return self._load(_I64, self._at.add(array, self._at.shl(index, _I64(3))), 8)

    def write(self) -> None:
        """The whole function."""
        at, block = self._at, self.function.append_basic_block
        (runs, addresses, strides, pairs, shifts, ups, weights, start, low, last, high,
         below, apart) = self.function.args  # fmt: skip
        indexes = range(ROWS * self._vectors)
        self._rows = [at.mul(apart, _I64(row)) for row in range(ROWS)]
        for index in indexes:
            vector = index % self._vectors
            offset = self._first + 4 * self._count * vector
            begun = self._load(self._sums, self._plus(start, offset), 4)
            self._store(begun, self._place(index, high))
        entry = at.block
        run, pair, after, flush, end, done = map(
            block, ("run", "pair", "after", "flush", "end", "done")
        )
        at.branch(run)

        at.position_at_end(run)
        number, line = at.phi(_I64), at.phi(_I64)
        number.add_incoming(_I64(0), entry)
        line.add_incoming(weights, entry)
        held = [at.phi(self._sums) for _ in indexes]
        for total in held:
            total.add_incoming(ir.Constant(self._sums, [0] * self._count), entry)
        rows = [self._number(addresses, number)]
        stride, length = self._number(strides, number), self._number(pairs, number)
        for _ in range(ROWS - 1):
            rows.append(at.add(rows[-1], stride))
        at.branch(pair)

        at.position_at_end(pair)
        taken, where = at.phi(_I64), at.phi(_I64)
        taken.add_incoming(_I64(0), run)
        where.add_incoming(line, run)
        sums = [at.phi(self._sums) for _ in indexes]
        for total, before in zip(sums, held, strict=True):
            total.add_incoming(before, run)
        right = [
            at.bitcast(
                self._load(
                    self._sums, self._plus(where, self._first + 4 * self._count * vector), 4
                ),
                self._halves,
            )
            for vector in range(self._vectors)
        ]
        new = []
        for row in range(ROWS):
            operands = self._load(_I32, at.add(rows[row], at.shl(taken, _I64(2))), 2)
            left = at.bitcast(self._splat(operands), self._halves)
            for vector in range(self._vectors):
                both = at.call(self._multiply, [left, right[vector]])
                new.append(at.add(sums[row * self._vectors + vector], both))
        counted, onwards = at.add(taken, _I64(1)), self._plus(where, self._line)
        taken.add_incoming(counted, pair)
        where.add_incoming(onwards, pair)
        for total, value in zip(sums, new, strict=True):
            total.add_incoming(value, pair)
        at.cbranch(at.icmp_signed("<", counted, length), pair, after)

        at.position_at_end(after)
        shift = self._number(shifts, number)
        at.cbranch(at.icmp_signed(">=", shift, _I64(0)), flush, end)

        at.position_at_end(flush)
        up = self._splat(at.trunc(self._number(ups, number), _I32))
        narrow = at.trunc(shift, _I32)
        kept = [at.shl(self._divide(new[i], narrow, high, i), up) for i in indexes]
        at.branch(end)

        at.position_at_end(end)
        joined = []
        for value, rest in zip(new, kept, strict=True):
            total = at.phi(self._sums)
            total.add_incoming(value, after)
            total.add_incoming(rest, flush)
            joined.append(total)
        following = at.add(number, _I64(1))
        number.add_incoming(following, end)
        line.add_incoming(onwards, end)
        for total, value in zip(held, joined, strict=True):
            total.add_incoming(value, end)
        at.cbranch(at.icmp_signed("<", following, runs), run, done)

        at.position_at_end(done)
        by = at.trunc(last, _I32)
        for index in indexes:
            vector = index % self._vectors
            offset = self._first + 4 * self._count * vector
            total = at.add(joined[index], self._load(self._sums, self._plus(low, offset), 4))
            self._store(self._divide(total, by, high, index), self._place(index, below))
        at.ret_void()


def _functions(module: Any, width: int) -> list[Any]:
    """The functions that together make a tile of `width` outputs."""
    vectors = min(width // lanes(), 4 if lanes() == 16 else 2)
    step = 4 * lanes() * vectors
    found = []
    for first in range(0, 4 * width, step):
        name = f"acncodec_tile_{width}_{first}"
        if name not in module.globals:
            writer = _Writer(module, name, width, first, vectors)
            writer.write()
        found.append(module.globals[name])
    return found


def _tile(width: int) -> Any:
    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        for function in _functions(builder.module, width):
            builder.call(function, arguments)
        return context.get_dummy_value()

    @intrinsic
    def tile(
        _context: Any, _runs: Any, _addresses: Any, _strides: Any, _pairs: Any, _shifts: Any,
        _ups: Any, _weights: Any, _start: Any, _low: Any, _shift: Any, _high: Any, _below: Any,
        _apart: Any,
    ) -> Any:  # fmt: skip
        return types.void(*[types.int64] * ARGUMENTS), code

    return tile


tile_64, tile_32, tile_16 = (_tile(width) for width in WIDTHS)
"""Multiply ROWS rows by `width` columns. All arguments are integers; those of arrays, addresses.

runs: how many; addresses: int64, of each run's first row, which is int16; strides: int64,
bytes from a row to the next; pairs: int64, how many pairs of inputs it has; shifts: int64, that of
the division after it, or -1 for none; ups: int64, by how much the rest is then lifted; weights:
int16 (pairs of all runs, width, 2); start, low: int32 (width,), what `high` starts from
and what is added to the rest before the last division, by 2^`shift`. Results: high and below,
the rests of the last division, int32, ROWS lines `apart` bytes apart.
"""
