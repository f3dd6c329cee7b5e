"""Part of `second_reader`: safetensors files (7)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from second_reader.fields import field, need, parse_json

TYPES = {"I16": "int16", "U8": "uint8", "I32": "int32", "I64": "int64"}


def read_safetensors(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The metadata, and all tensors but the float weights, which no reader looks at."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    need(8 < start <= len(data), "model: it ends early")
    header = parse_json(data[8:start], "model")
    metadata = field(header, "__metadata__", dict, {})
    tensors, places = {}, []
    for name, entry in header.items():
        kind = field(entry, "dtype", str)
        offsets, shape = field(entry, "data_offsets", list), field(entry, "shape", list)
        need(all(type(n) is int for n in offsets + shape), f"model: shape of {name}")
        need(len(offsets) == 2 and all(n >= 0 for n in shape), f"model: shape of {name}")
        begin, end = offsets
        need(0 <= begin <= end <= len(data) - start, "model: it ends early")
        places.append((begin, end))
        if name.startswith("float."):
            continue
        need(kind in TYPES, f"model: dtype of {name}")
        dtype = np.dtype(TYPES[kind]).newbyteorder("<")
        need(end - begin == dtype.itemsize * math.prod(shape), f"model: size of {name}")
        flat = np.frombuffer(data[start + begin : start + end], dtype)
        tensors[name] = flat.reshape(shape)
    at = 0
    for begin, end in sorted(places):
        need(begin == at, "model: tensors with gaps between them")
        at = end
    need(at == len(data) - start, "model: bytes behind the last tensor")
    return metadata, tensors
