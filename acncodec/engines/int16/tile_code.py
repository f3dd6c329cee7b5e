"""The function of a tile, written in LLVM's language: how it is called, and what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from llvmlite import ir

from acncodec.arithmetic.fixed import OPERAND_MAX

(COUNT, TILES, TILE, DIVISION, LINE, SHIFTS_AT, UPS_AT, WEIGHTS_AT, START_AT, LOW_AT, STRIDES_AT,
 PAIRS_AT, PASSED_AT, PLACE, FINER, LIFT, LOWER) = range(17)  # fmt: skip
"""A *call*, int64, says what a tile is to do: runs; how many tiles, outputs of each; the last
division's shift; bytes of weights of a tile; addresses, the last that of the tile's function; and
of a residual how it is added (`residual.residual_shifts`). After them come, of the runs: addresses;
bytes from a row to the next; pairs, none where all inputs are zero; and bytes of weights that are
then passed over."""
RUNS_AT = 17
RUN_NUMBERS = 4
"""Of each run in a call."""
ARGUMENTS = 12
"""Of the function, all int64, in the order of `tile.call_tile`."""
SUMS, OPERANDS, RESIDUAL = range(3)
"""What a tile becomes."""

_I16, _I32, _I64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
FUNCTION = ir.FunctionType(ir.VoidType(), [_I64] * ARGUMENTS)
"""The type of a tile's function."""


class TileShape(NamedTuple):
    """A function's part of a tile: `vectors` registers of `lanes` sums for each of `rows`, from the
    byte `first` of each line of `width` sums."""

    rows: int
    width: int
    first: int
    vectors: int
    lanes: int


def tile_function(module: Any, name: str) -> Any:
    """The function of this name, declared in `module` if it was not."""
    return module.globals.get(name) or ir.Function(module, FUNCTION, name)


class TileWriter:
    """Writes the function of a part of a tile."""

    def __init__(self, module: Any, name: str, shape: TileShape) -> None:
        self._shape = shape
        self._sums = ir.VectorType(_I32, shape.lanes)
        self._halves = ir.VectorType(_I16, 2 * shape.lanes)
        self._multiply = self._pairwise(module)
        self.function = tile_function(module, name)
        self.function.attributes.add("noinline")
        self._at = ir.IRBuilder(self.function.append_basic_block("entry"))
        (self._kind, self._call, self._weights, self._start, self._low, self._high, self._apart,
         self._result, self._step, self._first, self._least, self._given,
        ) = self.function.args  # fmt: skip

    def write(self) -> Any:
        """The whole function: runs, each of them pairs of inputs and perhaps a division."""
        at, sums = self._at, self._shape.rows * self._shape.vectors
        count, shifts = self._column(COUNT), self._column(SHIFTS_AT)
        names = ("run", "pair", "after", "flush", "lift", "end", "done")
        run, pair, after, flush, lift, end, done = map(self.function.append_basic_block, names)
        entry = at.block
        at.branch(run)

        # What `high` begins from is read where it lies, and is no line for each row, until the
        # first division puts something into `high`.
        at.position_at_end(run)
        number, line, base, gap = kept = [at.phi(_I64) for _ in range(4)]
        begun = (_I64(0), self._weights, self._start, _I64(0))
        held = [at.phi(self._sums) for _ in range(sums)]
        zeros = [ir.Constant(self._sums, [0] * self._shape.lanes)] * sums
        self._come((*kept, *held), entry, (*begun, *zeros))
        new, onwards = self._pairs(number, line, held, run, pair, after)
        shift = self._number(shifts, number)
        at.cbranch(at.icmp_signed(">=", shift, _I64(0)), flush, end)

        at.position_at_end(flush)
        up, rests = self._number(self._column(UPS_AT), number), self._divided(new, shift, base, gap)
        at.cbranch(at.icmp_signed("==", up, _I64(0)), end, lift)

        at.position_at_end(lift)
        by = self._splat(at.trunc(up, _I32))
        lifted = [at.shl(rest, by) for rest in rests]
        at.branch(end)

        at.position_at_end(end)
        joined = [at.phi(value.type) for value in (base, gap, *new)]
        self._come(joined, after, (base, gap, *new))
        self._come(joined, flush, (self._high, self._apart, *rests))
        self._come(joined, lift, (self._high, self._apart, *lifted))
        following = at.add(number, _I64(1))
        self._come((*kept, *held), end, (following, onwards, *joined))
        at.cbranch(at.icmp_signed("<", following, count), run, done)

        at.position_at_end(done)
        kinds = [self.function.append_basic_block() for _ in (SUMS, OPERANDS, RESIDUAL)]
        choice = at.switch(self._kind, kinds[SUMS])
        for kind in (OPERANDS, RESIDUAL):
            choice.add_case(_I64(kind), kinds[kind])
        for kind, block in enumerate(kinds):
            at.position_at_end(block)
            self._finish(kind, joined[2:], joined[0], joined[1])
            at.ret_void()
        return self.function

    def _pairs(
        self, number: Any, line: Any, held: Sequence[Any], run: Any, pair: Any, after: Any
    ) -> tuple[list[Any], Any]:
        """A run's sums added to those that are held, and where the next weights are; it ends at the
        beginning of `after`."""
        at, vectors = self._at, self._shape.vectors
        strides, length = self._column(STRIDES_AT), self._column(PAIRS_AT)
        stride, length = self._number(strides, number), self._number(length, number)
        begin = self._number(self._plus(self._call, 8 * RUNS_AT), number)
        rows = [at.add(begin, at.mul(self._first, stride))]
        for _ in range(self._shape.rows - 1):
            rows.append(at.add(rows[-1], stride))
        rows = [self._by_itself(row) for row in rows]
        at.cbranch(at.icmp_signed(">", length, _I64(0)), pair, after)

        at.position_at_end(pair)
        taken, where = at.phi(_I64), at.phi(_I64)
        sums = [at.phi(self._sums) for _ in held]
        self._come((taken, where, *sums), run, (_I64(0), line, *held))
        offsets = (self._shape.first + 4 * self._shape.lanes * v for v in range(vectors))
        right = [
            at.bitcast(self._load(self._sums, self._plus(where, offset), 4), self._halves)
            for offset in offsets
        ]
        new = []
        for index, row in enumerate(rows):
            operands = self._load(_I32, at.add(row, at.shl(taken, _I64(2))), 2)
            left = at.bitcast(self._splat(operands), self._halves)
            for vector in range(vectors):
                both = at.call(self._multiply, [left, right[vector]])
                new.append(at.add(sums[index * vectors + vector], both))
        counted = self._by_itself(at.add(taken, _I64(1)))
        onwards = self._plus(where, 4 * self._shape.width)
        self._come((taken, where, *sums), pair, (counted, onwards, *new))
        at.cbranch(at.icmp_signed("<", counted, length), pair, after)

        at.position_at_end(after)
        found = [at.phi(value.type) for value in (line, *held)]
        self._come(found, run, (line, *held))
        self._come(found, pair, (onwards, *new))
        passed = self._number(self._column(PASSED_AT), number)
        return found[1:], at.add(found[0], passed)

    def _divided(self, sums: Sequence[Any], shift: Any, base: Any, gap: Any) -> list[Any]:
        """Add what lies above `shift` to `high`, or to what it begins from; what lies below."""
        by, rests = self._at.trunc(shift, _I32), []
        befores, places = self._lines(base, gap, 4), self._lines(self._high, self._apart, 4)
        for total, before, place in zip(sums, befores, places, strict=True):
            self._store(self._above(total, by, before), place, 4)
            rests.append(self._rest(total, by))
        return rests

    def _finish(self, kind: int, sums: Sequence[Any], base: Any, gap: Any) -> None:
        """The last division, and what the tile becomes."""
        at, size = self._at, 4 if kind == SUMS else 2
        by, least = at.trunc(self._column(DIVISION), _I32), at.trunc(self._least, _I32)
        befores, lows = self._lines(base, gap, 4), self._lines(self._low, _I64(0), 4)
        places = self._lines(self._high, self._apart, 4)
        results = self._lines(self._result, self._step, size)
        givens = self._lines(self._given, self._step, size)
        for index, total in enumerate(sums):
            whole = at.add(total, self._load(self._sums, lows[index], 4))
            above, rest = self._above(whole, by, befores[index]), self._rest(whole, by)
            if kind == SUMS:
                self._store(above, places[index], 4)
                self._store(rest, results[index], 4)
                continue
            if kind == RESIDUAL:
                given = self._load(ir.VectorType(_I16, self._shape.lanes), givens[index], 2)
                above = self._added(at.sext(given, self._sums), above, rest, by)
            self._store(self._bounded(above, least), results[index], 2)

    def _added(self, given: Any, above: Any, rest: Any, shift: Any) -> Any:
        """What `given` 2^up and a sum are together, divided by 2^shift (`residual_shifts`)."""
        at = self._at
        finer, lift, lower = (
            at.trunc(self._column(column), _I32) for column in (FINER, LIFT, LOWER)
        )
        mask = self._splat(at.sub(at.shl(_I32(1), finer), _I32(1)))
        kept = at.shl(at.ashr(given, self._splat(finer)), self._splat(lift))
        seen = at.add(at.shl(at.and_(given, mask), self._splat(lower)), rest)
        return at.add(at.add(kept, above), at.ashr(seen, self._splat(shift)))

    def _bounded(self, values: Any, least: Any) -> Any:
        """Sums as operands, none below `least`."""
        at, bounds = self._at, (self._splat(least), self._splat(_I32(OPERAND_MAX)))
        for order, bound in zip("<>", bounds, strict=True):
            values = at.select(at.icmp_signed(order, values, bound), bound, values)
        return at.trunc(values, ir.VectorType(_I16, self._shape.lanes))

    def _above(self, total: Any, shift: Any, before: Any) -> Any:
        """What lies above `shift`, added to what lies at `before`."""
        above = self._at.ashr(total, self._splat(shift))
        return self._at.add(self._load(self._sums, before, 4), above)

    def _rest(self, total: Any, shift: Any) -> Any:
        """What lies below."""
        mask = self._at.sub(self._at.shl(_I32(1), shift), _I32(1))
        return self._at.and_(total, self._splat(mask))

    def _lines(self, start: Any, apart: Any, size: int) -> list[Any]:
        """Where all sums lie in an array of lines, `size` bytes each."""
        at, found, shape = self._at, [], self._shape
        for row in range(shape.rows):
            line = at.add(start, at.mul(apart, _I64(row)))
            offsets = (shape.first // 4 + shape.lanes * vector for vector in range(shape.vectors))
            found += [self._plus(line, size * offset) for offset in offsets]
        return found

    def _by_itself(self, number: Any) -> Any:
        """A number of which the compiler does not know that it is another one's neighbour. Else it
        makes addresses from each other, finds the way to the sums too long, and multiplies and adds
        by two instructions where the processor has one for both."""
        kind = ir.FunctionType(_I64, [_I64])
        return self._at.asm(kind, "", "=r,0", [number], side_effect=False)

    def _come(self, phis: Sequence[Any], block: Any, values: Sequence[Any]) -> None:
        """What each of some numbers is where `block` has led here."""
        for phi, value in zip(phis, values, strict=True):
            phi.add_incoming(value, block)

    def _column(self, column: int) -> Any:
        """A number of the call."""
        return self._number(self._call, _I64(column))

    def _number(self, array: Any, index: Any) -> Any:
        return self._load(_I64, self._at.add(array, self._at.shl(index, _I64(3))), 8)

    def _load(self, kind: Any, address: Any, align: int) -> Any:
        loaded = self._at.load(self._at.inttoptr(address, kind.as_pointer()))
        loaded.align = align
        return loaded

    def _store(self, value: Any, address: Any, align: int) -> None:
        self._at.store(value, self._at.inttoptr(address, value.type.as_pointer())).align = align

    def _plus(self, address: Any, count: int) -> Any:
        return self._at.add(address, _I64(count))

    def _splat(self, value: Any) -> Any:
        none = ir.Constant(self._sums, ir.Undefined)
        first = self._at.insert_element(none, value, _I32(0))
        zeros = ir.Constant(self._sums, [0] * self._shape.lanes)
        return self._at.shuffle_vector(first, none, zeros)

    def _pairwise(self, module: Any) -> Any:
        """The processor's sum of two products each of two 16-bit integers for every sum."""
        wide = self._shape.lanes == 16
        name = "llvm.x86.avx512.pmaddw.d.512" if wide else "llvm.x86.avx2.pmadd.wd"
        signature = ir.FunctionType(self._sums, [self._halves, self._halves])
        return module.globals.get(name) or ir.Function(module, signature, name)
