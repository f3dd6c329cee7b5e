"""Parquet files: columns of pictures, of rows of numbers, and of what goes with them.

Of a picture the bytes in the file are read and nothing else: a path beside them, as the library
`datasets` writes one, is a name, and is never opened.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, MissingExtraError, SkippableError
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names
from acncodec.images.formats.picture import HEAD_BYTES
from acncodec.images.formats.pictures import find_format
from acncodec.images.reading import MAX_BYTES, check_total

MAGIC: Final = b"PAR1"
_BATCH: Final = 256
_SHAPE: Final = b"ARROW:extension:metadata"


class Columns:
    """The columns of a Parquet file, each of which is read when it is asked for.

    Attributes:
        names: of all columns, in their order.

    Raises:
        DataError: malformed, or two columns of one name.
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, file: IO[bytes], max_bytes: int = MAX_BYTES) -> None:
        self._arrow, parquet = open_pyarrow()
        self._max_bytes = max_bytes
        with self._errors():
            self._table = parquet.ParquetFile(file)
            self._fields = {field.name: field for field in self._table.schema_arrow}
            if len(self._fields) < len(self._table.schema_arrow):
                raise DataError("two columns have the same name")
        self.names = (*self._fields,)

    def holds_pictures(self, name: str) -> bool:
        """Whether a column is one of pictures: of bytes that begin like a picture, or of structures
        of `bytes` and `path`."""
        types, kind = self._arrow.types, self._fields[name].type
        if types.is_struct(kind):
            return {"bytes", "path"} <= {kind.field(at).name for at in range(kind.num_fields)}
        if not (types.is_binary(kind) or types.is_large_binary(kind)):
            return False
        with self._errors():
            first = next(iter(self._pieces(name)), None)
            start = first[0].as_py()[:HEAD_BYTES] if first is not None and len(first) else b""
            return find_format(start) is not None

    def unpack(self, name: str, folder: Path) -> list[str | None]:
        """Write the pictures of a column to a folder, called `picture_name` of their row; the path
        that stands beside each.

        Raises `DataError` for a row without bytes, and for too much.
        """
        paths: list[str | None] = []
        with self._errors():
            for piece in self._pieces(name):
                structure = self._arrow.types.is_struct(self._fields[name].type)
                contents = piece.field("bytes") if structure else piece
                beside = piece.field("path").to_pylist() if structure else [None] * len(piece)
                for content, path in zip(contents, beside, strict=True):
                    data = content.as_py()
                    if data is None:
                        raise DataError(
                            f"row {len(paths)} of {name!r} has no bytes of a picture, only the"
                            f" path {path!r}, and no path in a file is ever opened; write the file"
                            " with the pictures in it (datasets: embed_table_storage, or save"
                            " pictures from memory)"
                        )
                    (folder / picture_name(len(paths))).write_bytes(data)
                    paths.append(path)
        if not paths:
            raise DataError(f"the column {name!r} has no pictures")
        return paths

    def array(self, name: str) -> NDArray[Any]:
        """A column as an array: lists of one length are rows or images; numbers, truths and text
        are (N,).

        Raises `DataError` for nulls, lists of several lengths and types that are none of these.
        """
        field = self._fields[name]
        with self._errors():
            parts = [_entries(self._arrow, piece, name) for piece in self._pieces(name)]
        if not parts:
            return np.zeros(0)
        if len({part.shape[1:] for part in parts}) > 1:
            raise _unequal(name)
        whole = np.concatenate(parts)
        shape = _shape_of(field, whole)
        return np.ascontiguousarray(whole if shape is None else whole.reshape(len(whole), *shape))

    def _pieces(self, name: str) -> Iterator[Any]:
        """A column, some rows at a time; what all of it takes is counted as it comes."""
        total = 0
        for batch in self._table.iter_batches(_BATCH, columns=[name]):
            # Of a structure its fields are columns too, which all come by its name.
            column = batch.column(0)
            total += column.nbytes
            check_total(total, self._max_bytes)
            if column.null_count:
                raise SkippableError.of(
                    f"the column {name!r} has a null, for which nothing stands in an array", name
                )
            yield column

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (self._arrow.ArrowException, OSError) as error:
            raise DataError(f"corrupt or unreadable Parquet: {error}") from error


def picture_name(row: int) -> str:
    """What the picture of a row is called in a folder; names in order are rows in order."""
    return f"{row:012}"


def load_parquet(file: IO[bytes], skip: Names = (), *, max_bytes: int = MAX_BYTES) -> Arrays:
    """Read all columns, none of which holds pictures, by their names.

    Args:
        file: seekable.
        skip: columns that are not read; an empty array stands for each.
        max_bytes: the most that one column may take.

    Raises `DataError` and `MissingExtraError` as `Columns` does.
    """
    columns = Columns(file, max_bytes)
    return {name: np.empty(0) if name in skip else columns.array(name) for name in columns.names}


def _entries(arrow: Any, array: Any, name: str) -> NDArray[Any]:
    """A piece of a column, (n,), or of lists (n, length, ...)."""
    types, kind = arrow.types, array.type
    if isinstance(kind, arrow.BaseExtensionType):
        return _entries(arrow, array.storage, name)
    if array.null_count:
        raise DataError(f"a list in the column {name!r} has a null")
    if types.is_dictionary(kind):
        return _entries(arrow, array.dictionary_decode(), name)
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        lengths = set(arrow.compute.list_value_length(array).to_pylist())
        inner = _entries(arrow, array.flatten(), name)
        length = lengths.pop() if lengths else 0
        if lengths or len(inner) != len(array) * length:
            raise _unequal(name)
        return inner.reshape(len(array), length, *inner.shape[1:])
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind):
        found: NDArray[Any] = array.to_numpy(zero_copy_only=False)
        return found
    values = array.to_pylist() if types.is_string(kind) or types.is_large_string(kind) else None
    if values is not None and not any("\0" in value for value in values):
        return np.array(values, dtype=str)
    raise SkippableError.of(f"the column {name!r} is of type {kind}, which no array here has", name)


def _unequal(name: str) -> SkippableError:
    return SkippableError.of(
        f"the column {name!r} has lists of several lengths, which are no array", name
    )


def _shape_of(field: Any, whole: NDArray[Any]) -> tuple[int, ...] | None:
    """The shape of an image where the column's metadata says it: Ray's and Arrow's tensors."""
    shape = getattr(field.type, "shape", None)
    try:
        shape = shape or json.loads((field.metadata or {}).get(_SHAPE, b"null"))
    except ValueError:
        return None
    if not isinstance(shape, list) or not shape or any(type(axis) is not int for axis in shape):
        return None
    return tuple(shape) if whole.ndim == 2 and math.prod(shape) == whole.shape[1] else None


def open_pyarrow() -> tuple[Any, Any]:
    """pyarrow and its module for Parquet. Raises `MissingExtraError`."""
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError(
            "a Parquet file needs pyarrow, which is not installed: pip install 'acncodec[parquet]'"
        ) from error
    return pyarrow, pyarrow.parquet


def _matches(start: bytes, _size: int) -> bool:
    return start.startswith(MAGIC)


def _load(file: IO[bytes], _size: int, skip: Names) -> Arrays:
    return load_parquet(file, skip)


PARQUET = ArrayFormat(
    "Parquet", _matches, _load,
    note="the columns come back as arrays, pictures decoded; the metadata of the Parquet file, such"
    " as names of classes, does not",
)  # fmt: skip
