"""Safetensors files whose bytes depend on their content alone.

The library orders metadata anew at each run, and stores an array that is not contiguous as if it
were. Here metadata stand in the order of their names, and arrays are made contiguous first.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

LENGTH = struct.Struct("<Q")
ALIGNMENT = 8
"""Of the tensors' first byte, which the header's length is filled up to."""


def tensor_bytes(
    tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str] | None = None
) -> bytes:
    """A safetensors file of `tensors` and `metadata`."""
    whole = save({name: np.asarray(value, order="C") for name, value in tensors.items()})
    (size,) = LENGTH.unpack_from(whole)
    start = LENGTH.size + size
    entries = json.loads(whole[LENGTH.size : start])
    about = {"__metadata__": dict(sorted(metadata.items()))} if metadata else {}
    header = json.dumps(about | entries, separators=(",", ":"), ensure_ascii=False).encode()
    header += b" " * (-len(header) % ALIGNMENT)
    return b"".join((LENGTH.pack(len(header)), header, memoryview(whole)[start:]))
