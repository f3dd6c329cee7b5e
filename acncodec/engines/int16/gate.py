"""The gate of a few filters at once: two look-ups in the table of tanh, and their product.

Compilers take a look-up in a table for expensive, and so it is, one by one; the processor gathers
a register full of them in a third of the time, which has to be asked for by name.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from acncodec.arithmetic.tables import TANH_REACH, VALUE_BITS
from acncodec.engines.int16.tile import lanes

BLOCK = 16
"""Gates made at once."""

_I8, _I32, _I64 = ir.IntType(8), ir.IntType(32), ir.IntType(64)


class _Writer:
    """Writes one register full of gates."""

    def __init__(self, builder: Any, table: Any) -> None:
        self._at, self._count = builder, lanes()
        self._kind = ir.VectorType(_I32, self._count)
        self._table = builder.inttoptr(table, _I8.as_pointer())

    def _all(self, value: int) -> Any:
        return ir.Constant(self._kind, [value] * self._count)

    def _gather(self, index: Any) -> Any:
        module, pointer = self._at.module, _I8.as_pointer()
        if self._count == 16:
            name, flags = "llvm.x86.avx512.mask.gather.dpi.512", ir.VectorType(ir.IntType(1), 16)
            mask, scale = ir.Constant(flags, [1] * 16), _I32(4)
        else:
            name, flags = "llvm.x86.avx2.gather.d.d.256", self._kind
            mask, scale = self._all(-1), _I8(4)
        kind = ir.FunctionType(self._kind, [self._kind, pointer, self._kind, flags, scale.type])
        function = module.globals.get(name) or ir.Function(module, kind, name)
        return self._at.call(function, [self._all(0), self._table, index, mask, scale])

    def _look_up(self, address: Any, halved: bool) -> Any:
        """tanh, at 2^14, of the sums at `address`."""
        at = self._at
        sums = at.load(at.inttoptr(address, self._kind.as_pointer()))
        sums.align = 4
        if halved:
            sums = at.ashr(sums, self._all(1))
        for order, bound in ((">", TANH_REACH), ("<", -TANH_REACH)):
            limit = self._all(bound)
            sums = at.select(at.icmp_signed(order, sums, limit), limit, sums)
        return self._gather(sums)

    def write(self, left: Any, right: Any, out: Any) -> None:
        """Load sums, store gates."""
        at = self._at
        scale = at.add(self._look_up(right, halved=True), self._all(1 << VALUE_BITS))
        product = at.mul(self._look_up(left, halved=False), scale)
        at.store(product, at.inttoptr(out, self._kind.as_pointer())).align = 4


def _gate(_context: Any, _left: Any, _right: Any, _table: Any, _out: Any) -> Any:
    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        left, right, table, out = arguments
        writer = _Writer(builder, table)
        for first in range(0, 4 * BLOCK, 4 * lanes()):
            writer.write(*(builder.add(place, _I64(first)) for place in (left, right, out)))
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), code


gate: Any = intrinsic(_gate)
"""gate(left, right, table, out): tanh(a) sigmoid(b) at 2^29 of BLOCK pairs, as in
`float64_kernels` of the gated PixelCNN; it fits 32 bits. left, right: addresses of sums a, at the
table's scale, and b, at twice that, int32; table: that of tanh(0), of int32; out: where to put the
results, int32.
"""
