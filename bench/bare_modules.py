"""Stand-ins for what training imports beside torch and numpy, where nothing else is installed.

They have the few functions that are called, and nothing more: the format of safetensors, exact
nearest neighbours as of faiss, names that are imported when they are asked for.
"""

from __future__ import annotations

import ast
import importlib
import json
import struct
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

import numpy as np
import torch

LENGTH = struct.Struct("<Q")
DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1",
}  # fmt: skip
NAMES = {np.dtype(code): name for name, code in DTYPES.items()}


class SafetensorError(Exception):
    """What is raised for a file that is none."""


class SafeOpen:
    """`safetensors.safe_open` for reading: 'pt' gives tensors, 'np' arrays."""

    def __init__(self, path: str | Path, framework: str) -> None:
        content = Path(path).read_bytes()
        try:
            (size,) = LENGTH.unpack_from(content)
            self._about = json.loads(content[LENGTH.size : LENGTH.size + size])
        except (struct.error, ValueError) as error:
            raise SafetensorError(f"{path}: {error}") from error
        self._data, self._framework = memoryview(content)[LENGTH.size + size :], framework
        self._metadata = self._about.pop("__metadata__", None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        return

    def metadata(self) -> dict[str, str] | None:
        """The strings of the header."""
        found: dict[str, str] | None = self._metadata
        return found

    def keys(self) -> list[str]:
        """The names of the tensors."""
        return list(self._about)

    def get_tensor(self, name: str) -> Any:
        """One of them."""
        entry = self._about[name]
        start, end = entry["data_offsets"]
        array = np.frombuffer(self._data[start:end], DTYPES[entry["dtype"]])
        array = array.reshape(entry["shape"])
        return torch.from_numpy(array.copy()) if self._framework == "pt" else array


def as_bytes(tensors: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> bytes:
    """A safetensors file of arrays or tensors on the CPU."""
    about: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    parts, end = [], 0
    for name, value in tensors.items():
        array = np.array(value.numpy() if isinstance(value, torch.Tensor) else value, order="C")
        start, end = end, end + array.nbytes
        about[name] = {
            "dtype": NAMES[array.dtype], "shape": list(array.shape), "data_offsets": [start, end],
        }  # fmt: skip
        parts.append(array.tobytes())
    header = json.dumps(about).encode()
    header += b" " * (-len(header) % LENGTH.size)
    return b"".join((LENGTH.pack(len(header)), header, *parts))


def save_file(
    tensors: Mapping[str, Any], path: str | Path, metadata: Mapping[str, str] | None = None
) -> None:  # fmt: skip
    """Write a safetensors file."""
    Path(path).write_bytes(as_bytes(tensors, metadata))


def load_file(path: str | Path) -> dict[str, Any]:
    """The arrays of a safetensors file."""
    with SafeOpen(path, "np") as file:
        return {name: file.get_tensor(name) for name in file.keys()}


def knn(queries: Any, table: Any, count: int) -> tuple[Any, Any]:
    """Squared distances and rows of the nearest of a table, as `faiss.knn`."""
    found = torch.cdist(torch.from_numpy(queries), torch.from_numpy(table)).square()
    near = found.topk(count, 1, largest=False)
    return near.values.numpy(), near.indices.numpy()


def attach_stub(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], Any], Any]:
    """`lazy_loader.attach_stub`: `__getattr__`, `__dir__` and `__all__` of a package."""
    tree = ast.parse(Path(file).with_suffix(".pyi").read_text(encoding="utf-8"))
    where = {
        name.name: f"{package}.{statement.module}"
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom)
        for name in statement.names
    }

    def get(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package} has no attribute {name}")
        return getattr(importlib.import_module(where[name]), name)

    return get, lambda: sorted(where), sorted(where)


def stand_in() -> tuple[str, ...]:
    """Put a stand-in where a library is not installed; the names of those."""
    wanted = {
        "safetensors": {"safe_open": SafeOpen, "SafetensorError": SafetensorError},
        "faiss": {"knn": knn},
        "lazy_loader": {"attach_stub": attach_stub},
    }
    missing = tuple(name for name in wanted if not _is_there(name))
    for name in missing:
        sys.modules[name] = _module(name, wanted[name])
    if "safetensors" in missing:
        functions = {"save_file": save_file, "load_file": load_file, "save": as_bytes}
        for part in ("numpy", "torch"):
            sys.modules[f"safetensors.{part}"] = _module(f"safetensors.{part}", functions)
    return missing


def _is_there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def _module(name: str, content: Mapping[str, Any]) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(content)
    return module
