"""Where arrays lie, and arrays that lie at an address, in compiled loops.

A slice of an array counts as one more that holds its memory, and as one less when it goes, each
time by an instruction that all processors agree on: two dozen cycles, in loops whose whole turn
takes hundreds. These hold nothing; whoever uses them has the array itself, and keeps it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np import arrayobj as _arrayobj

arrayobj: Any = _arrayobj

_I64 = ir.IntType(64)


def _address(_context: Any, array: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.ptrtoint(made.data, _I64)

    return types.int64(array), code


def _array(item: Any, size: int) -> Any:
    kind = types.Array(item, 1, "C")

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place, count = arguments
        data = builder.inttoptr(place, context.get_data_type(item).as_pointer())
        made = arrayobj.make_array(kind)(context, builder)
        one = context.get_constant(types.intp, size)
        arrayobj.populate_array(
            made, data=data, shape=(count,), strides=(one,), itemsize=one, meminfo=None
        )
        return made._getvalue()

    @intrinsic
    def array(_context: Any, _place: Any, _count: Any) -> Any:
        return kind(types.int64, types.int64), code

    return array


address: Any = intrinsic(_address)
"""That of an array's first number, int64."""
int16s: Any = _array(types.int16, np.dtype(np.int16).itemsize)
"""int16s(address, count): int16 (count,) that lie there."""
int32s: Any = _array(types.int32, np.dtype(np.int32).itemsize)
"""int32s(address, count): int32 (count,) that lie there."""
