"""Turns that threads take in compiled code: a counter that all of them see."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from acncodec.engines.int16.tile import lanes
from acncodec.run.compiled import compiled

_I64 = ir.IntType(64)


def _acquire(_context: Any, _address: Any) -> Any:
    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], _I64.as_pointer())
        return builder.load_atomic(place, "acquire", 8)

    return types.int64(types.int64), code


def _release(_context: Any, _address: Any, _value: Any) -> Any:
    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = builder.inttoptr(arguments[0], _I64.as_pointer())
        builder.store_atomic(arguments[1], place, "release", 8)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


def _rest(_context: Any) -> Any:
    def code(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        if lanes():
            name, kind = "llvm.x86.sse2.pause", ir.FunctionType(ir.VoidType(), [])
            pause = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
            builder.call(pause, [])
        return context.get_dummy_value()

    return types.void(), code


_seen: Any = intrinsic(_acquire)
"""The int64 at an address, with all that was written before it was."""
_tell: Any = intrinsic(_release)
"""Write an int64 to an address, after all that was written before."""
_pause: Any = intrinsic(_rest)
"""Let the processor know that this waits; nothing where there is no such instruction."""


@compiled(inline="always")
def comes(counter: Any, turn: Any, tries: Any) -> Any:
    """Whether `turn` has come, or comes while it is looked for."""
    for _ in range(tries):
        if _seen(counter.ctypes.data) == turn:
            return True
        _pause()
    return False


@compiled(inline="always")
def over(counter: Any, turn: Any) -> None:
    """`turn` is over: the next one has come."""
    _tell(counter.ctypes.data, turn + 1)
