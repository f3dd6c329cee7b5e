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

from acncodec.arithmetic.fixed import OPERAND_MAX

ROWS = 6
"""Rows of a tile: 6 by 64 sums fill 24 of 32 registers of 16 sums each."""
WIDTHS = (64, 48, 32, 16)
"""Outputs of a tile."""
(COUNT, TILES, TILE, DIVISION, LINE, PAIRS_AT, SHIFTS_AT, UPS_AT, WEIGHTS_AT, START_AT, LOW_AT,
 STRIDES_AT, FINER, LIFT, LOWER) = range(15)  # fmt: skip
"""A *call*, int64, says what a tile is to do: runs; how many tiles, outputs of each; the last
division's shift; bytes of weights of a tile; addresses; and of a residual how it is added
(`residual.residual_shifts`). After them come the addresses of the runs."""
RUNS_AT = 15
ARGUMENTS = 11
SUMS, OPERANDS, RESIDUAL = "sums", "operands", "residual"
"""What a tile becomes."""

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

    def __init__(
        self, module: Any, name: str, width: int, first: int, vectors: int, kind: str
    ) -> None:
        self._kind = kind
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

    def _store(self, value: Any, address: Any, align: int = 4) -> None:
        self._at.store(value, self._at.inttoptr(address, value.type.as_pointer())).align = align

    def _plus(self, address: Any, count: int) -> Any:
        return self._at.add(address, _I64(count))

    def _splat(self, value: Any) -> Any:
        none = ir.Constant(self._sums, ir.Undefined)
        first = self._at.insert_element(none, value, _I32(0))
        return self._at.shuffle_vector(first, none, ir.Constant(self._sums, [0] * self._count))

    def _lines(self, start: Any, apart: Any, size: int) -> list[Any]:
        """Where all sums lie in an array of ROWS lines, `size` bytes each."""
        at, found = self._at, []
        for row in range(ROWS):
            line = at.add(start, at.mul(apart, _I64(row)))
            offsets = (self._first // 4 + self._count * v for v in range(self._vectors))
            found += [self._plus(line, size * offset) for offset in offsets]
        return found

    def _above(self, total: Any, shift: Any, before: Any) -> Any:
        """What lies above `shift`, added to what lies at `before`."""
        return self._at.add(
            self._load(self._sums, before, 4), self._at.ashr(total, self._splat(shift))
        )

    def _rest(self, total: Any, shift: Any) -> Any:
        """What lies below."""
        mask = self._at.sub(self._at.shl(_I32(1), shift), _I32(1))
        return self._at.and_(total, self._splat(mask))

    def _with(self, given: Any, above: Any, rest: Any, shift: Any, told: tuple[Any, ...]) -> Any:
        """What `given` 2^up and a sum are together, divided by 2^shift; told: `residual_shifts`.

        What the division keeps of given << up is kept, and what it must still see is seen.
        """
        at, (finer, lift, lower) = self._at, (self._splat(number) for number in told)
        mask = self._splat(at.sub(at.shl(_I32(1), told[0]), _I32(1)))
        kept = at.add(at.shl(at.ashr(given, finer), lift), above)
        seen = at.add(at.shl(at.and_(given, mask), lower), rest)
        return at.add(kept, at.ashr(seen, self._splat(shift)))

    def _bounded(self, values: Any, least: Any) -> Any:
        """Sums as operands, none below `least`."""
        at, bounds = self._at, (self._splat(least), self._splat(_I32(OPERAND_MAX)))
        for order, bound in zip("<>", bounds, strict=True):
            values = at.select(at.icmp_signed(order, values, bound), bound, values)
        return at.trunc(values, ir.VectorType(_I16, self._count))

    def _by_itself(self, number: Any) -> Any:
        """A number of which the compiler does not know that it is another one's neighbour. Else it
        makes addresses from each other, finds the way to the sums too long, and multiplies and adds
        by two instructions where the processor has one for both."""
        kind = ir.FunctionType(_I64, [_I64])
        return self._at.asm(kind, "", "=r,0", [number], side_effect=False)

    def _number(self, array: Any, index: Any) -> Any:
        return self._load(_I64, self._at.add(array, self._at.shl(index, _I64(3))), 8)

    def write(self) -> None:
        """The whole function."""
        at, block = self._at, self.function.append_basic_block
        (call, weights, start, low, high, apart, result, step, first, least,
         given) = self.function.args  # fmt: skip
        runs, last, pairs, shifts, ups, strides = (
            self._number(call, _I64(column))
            for column in (COUNT, DIVISION, PAIRS_AT, SHIFTS_AT, UPS_AT, STRIDES_AT)
        )
        addresses = self._plus(call, 8 * RUNS_AT)
        indexes = range(ROWS * self._vectors)
        entry = at.block
        run, pair, after, flush, lift, end, done = map(
            block, ("run", "pair", "after", "flush", "lift", "end", "done")
        )
        at.branch(run)

        at.position_at_end(run)
        number, line = at.phi(_I64), at.phi(_I64)
        number.add_incoming(_I64(0), entry)
        line.add_incoming(weights, entry)
        # What `high` begins from is read where it lies, and is no line for each row, until the
        # first division puts something into `high`.
        base, gap = at.phi(_I64), at.phi(_I64)
        base.add_incoming(start, entry)
        gap.add_incoming(_I64(0), entry)
        held = [at.phi(self._sums) for _ in indexes]
        for total in held:
            total.add_incoming(ir.Constant(self._sums, [0] * self._count), entry)
        stride, length = self._number(strides, number), self._number(pairs, number)
        rows = [at.add(self._number(addresses, number), at.mul(first, stride))]
        for _ in range(ROWS - 1):
            rows.append(at.add(rows[-1], stride))
        rows = [self._by_itself(row) for row in rows]
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
        up, narrow, kept = self._number(ups, number), at.trunc(shift, _I32), []
        for total, before, place in zip(
            new, self._lines(base, gap, 4), self._lines(high, apart, 4), strict=True
        ):
            self._store(self._above(total, narrow, before), place)
            kept.append(self._rest(total, narrow))
        at.cbranch(at.icmp_signed("==", up, _I64(0)), end, lift)

        at.position_at_end(lift)
        by = self._splat(at.trunc(up, _I32))
        lifted = [at.shl(rest, by) for rest in kept]
        at.branch(end)

        at.position_at_end(end)
        ways = (
            (after, (*new, base, gap)),
            *((block, (*rests, high, apart)) for block, rests in ((flush, kept), (lift, lifted))),
        )
        *joined, next_base, next_gap = (at.phi(value.type) for value in ways[0][1])
        for came_from, values in ways:
            for phi, value in zip((*joined, next_base, next_gap), values, strict=True):
                phi.add_incoming(value, came_from)
        following = at.add(number, _I64(1))
        number.add_incoming(following, end)
        line.add_incoming(onwards, end)
        for total, value in zip((*held, base, gap), (*joined, next_base, next_gap), strict=True):
            total.add_incoming(value, end)
        at.cbranch(at.icmp_signed("<", following, runs), run, done)

        at.position_at_end(done)
        by, before = at.trunc(last, _I32), self._lines(next_base, next_gap, 4)
        places, begun = self._lines(high, apart, 4), self._lines(low, _I64(0), 4)
        size = 4 if self._kind == SUMS else 2
        results, beside = self._lines(result, step, size), self._lines(given, step, size)
        bound = at.trunc(least, _I32)
        told = [at.trunc(self._number(call, _I64(n)), _I32) for n in (FINER, LIFT, LOWER)]
        for index in indexes:
            total = at.add(joined[index], self._load(self._sums, begun[index], 4))
            above = self._above(total, by, before[index])
            if self._kind == SUMS:
                self._store(above, places[index])
                self._store(self._rest(total, by), results[index])
                continue
            if self._kind == RESIDUAL:
                narrow_given = self._load(ir.VectorType(_I16, self._count), beside[index], 2)
                wide = at.sext(narrow_given, self._sums)
                above = self._with(wide, above, self._rest(total, by), by, tuple(told))
            self._store(self._bounded(above, bound), results[index], 2)
        at.ret_void()


def _functions(module: Any, width: int, kind: str) -> list[Any]:
    """The functions that together make a tile of `width` outputs."""
    vectors = min(width // lanes(), 4 if lanes() == 16 else 2)
    step = 4 * lanes() * vectors
    found = []
    for first in range(0, 4 * width, step):
        name = f"acncodec_{kind}_{width}_{first}"
        if name not in module.globals:
            writer = _Writer(module, name, width, first, vectors, kind)
            writer.write()
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
