"""Arrays of which it shows when something beside them is written or read.

Each lies in a map of its own between known bytes; who writes there is found out afterwards. Two
runs whose known bytes differ, and whose results do not, read none of them that mattered. With
`trap`, pages that may not be touched lie before and behind, and the array begins or ends where one
of them does: a read of a single byte beyond it is then a death.
"""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import DTypeLike, NDArray

PAGE = mmap.PAGESIZE
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(eq=False)
class Guard:
    """byte: what lies beside arrays; at_end: whether they end, or begin, at the limit of their
    map; trap: whether pages beyond it may not be touched."""

    byte: int
    at_end: bool
    trap: bool = False
    _kept: list[tuple[NDArray[np.uint8], slice]] = field(default_factory=list)

    def empty(self, shape: int | tuple[int, ...], dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """An array of known bytes."""
        kind = np.dtype(dtype)
        shape = (shape,) if isinstance(shape, int) else shape
        size = int(np.prod(shape)) * kind.itemsize
        room = -(-size // PAGE) * PAGE + PAGE  # at least a page of known bytes
        whole = mmap.mmap(-1, room + 2 * PAGE)
        data = np.frombuffer(whole, np.uint8)
        inner, before = data, PAGE
        if self.trap:
            for at in (0, room + PAGE):
                _protect(data.ctypes.data + at)
            inner, before = data[PAGE : PAGE + room], 0
        inner[:] = self.byte
        start = before + (room - size if self.at_end else 0)
        place = slice(start, start + size)
        self._kept.append((inner, place))
        return inner[place].view(kind).reshape(shape)

    def zeros(self, shape: int | tuple[int, ...], dtype: DTypeLike = np.float64) -> NDArray[Any]:
        """An array of zeros."""
        made = self.empty(shape, dtype)
        made[...] = 0
        return made

    def copy(self, array: NDArray[Any]) -> NDArray[Any]:
        """A copy of an array."""
        made = self.empty(array.shape, array.dtype)
        made[...] = array
        return made

    @property
    def is_whole(self) -> bool:
        """Whether all known bytes are what they were."""
        return all(
            bool((inner[: place.start] == self.byte).all())
            and bool((inner[place.stop :] == self.byte).all())
            for inner, place in self._kept
        )

    @contextmanager
    def within(self, *modules: ModuleType) -> Iterator[None]:
        """Within, `np.zeros` and `np.empty` of these modules make guarded arrays."""
        with ExitStack() as stack:
            for module in modules:
                stack.enter_context(patch.object(module, "np", _Numpy(self)))
            yield


class _Numpy:
    """NumPy, but for where new arrays lie."""

    def __init__(self, guard: Guard) -> None:
        self.zeros, self.empty = guard.zeros, guard.empty

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def _protect(address: int) -> None:
    if _LIBC.mprotect(ctypes.c_void_p(address), ctypes.c_size_t(PAGE), 0):
        raise OSError(ctypes.get_errno(), "mprotect")
