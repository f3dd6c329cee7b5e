"""Parquet files: columns of pictures, of rows of numbers, and of what goes with them.

Of a picture the bytes in the file are read and nothing else: a path beside them, as the library
`datasets` writes one, is a name, and is never opened.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, MissingExtraError
from acncodec.images.folder import load_folder
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names
from acncodec.images.formats.picture import HEAD_BYTES
from acncodec.images.formats.pictures import find_format
from acncodec.images.reading import MAX_BYTES, check_total

MAGIC: Final = b"PAR1"
NAMES: Final = "names"
_BATCH: Final = 256
_SHAPE: Final = b"ARROW:extension:metadata"


def load_parquet(file: IO[bytes], skip: Names = (), *, max_bytes: int = MAX_BYTES) -> Arrays:
    """Read all columns by their names.

    Pictures, a column of bytes or of structures of `bytes` and `path`, are an array (N, H, W) or
    (N, H, W, C), their paths `names`; lists of one length are rows or images; numbers, truths and
    text are (N,).

    Args:
        file: seekable.
        skip: columns that are not read; an empty array stands for each.
        max_bytes: the most that all columns may take.

    Raises:
        DataError: malformed; a column with nulls, with lists of several lengths or of a type that
            is none of these; a picture that cannot be taken.
        MissingExtraError: pyarrow is not installed.
    """
    arrow, parquet = _pyarrow()
    try:
        table = parquet.ParquetFile(file)
        fields = list(table.schema_arrow)
        if len({field.name for field in fields}) < len(fields):
            raise DataError("two columns have the same name")
        arrays: Arrays = {}
        for field in fields:
            if field.name in skip:
                arrays[field.name] = np.empty(0)
                continue
            pieces = _Pieces(table, field.name, max_bytes)
            if _is_pictures(arrow, pieces, field.type):
                arrays.update(_pictures(arrow, pieces, field, len(fields)))
            else:
                arrays[field.name] = _column(arrow, pieces, field)
        return arrays
    except (arrow.ArrowException, OSError) as error:
        raise DataError(f"corrupt or unreadable Parquet: {error}") from error


class _Pieces:
    """One column, some rows at a time; what all of it takes is counted as it comes."""

    def __init__(self, table: Any, name: str, max_bytes: int) -> None:
        self._table, self.name, self._max_bytes = table, name, max_bytes

    def __iter__(self) -> Iterator[Any]:
        total = 0
        for batch in self._table.iter_batches(_BATCH, columns=[self.name]):
            # Of a structure its fields are columns too, which all come by its name.
            column = batch.column(0)
            total += column.nbytes
            check_total(total, self._max_bytes)
            if column.null_count:
                raise DataError(
                    f"the column {self.name!r} has a null; nothing stands for it in an array. To"
                    f" leave the column out, say --skip {self.name}"
                )
            yield column


def _is_pictures(arrow: Any, pieces: _Pieces, kind: Any) -> bool:
    """Whether a column is one of pictures."""
    if arrow.types.is_struct(kind):
        return {"bytes", "path"} <= {kind.field(at).name for at in range(kind.num_fields)}
    if not _is_binary(arrow, kind):
        return False
    first = next(iter(pieces), None)
    start = first[0].as_py()[:HEAD_BYTES] if first is not None and len(first) else b""
    return find_format(start) is not None


def _is_binary(arrow: Any, kind: Any) -> bool:
    return bool(arrow.types.is_binary(kind) or arrow.types.is_large_binary(kind))


def _pictures(arrow: Any, pieces: _Pieces, field: Any, columns: int) -> Arrays:
    """The pictures of a column, and their names where it has them."""
    names: list[str | None] = []
    with tempfile.TemporaryDirectory(prefix="acncodec-") as folder:
        for piece in pieces:
            structure = arrow.types.is_struct(field.type)
            contents = piece.field("bytes") if structure else piece
            paths = piece.field("path").to_pylist() if structure else [None] * len(piece)
            for content, path in zip(contents, paths, strict=True):
                row, data = len(names), content.as_py()
                if data is None:
                    raise DataError(
                        f"row {row} of {field.name!r} has no bytes of a picture, only the path"
                        f" {path!r}, and no path in a file is ever opened; write the file with the"
                        " pictures in it (datasets: embed_table_storage, or save pictures from"
                        " memory)"
                    )
                Path(folder, f"{row:012}").write_bytes(data)
                names.append(path)
        if not names:
            raise DataError(f"the column {field.name!r} has no pictures")
        arrays, _ = load_folder(Path(folder))
        if len(arrays["x"]) != len(names):
            raise DataError(f"an entry of the column {field.name!r} is no picture")
    found = {field.name: arrays["x"]}
    if all(name is not None for name in names):
        title = NAMES if columns > 1 or field.name != NAMES else f"{field.name}/{NAMES}"
        found[title] = np.array(names)
    # Palettes, modes and what else stands in the pictures beside their samples.
    beside = {key: array for key, array in arrays.items() if key not in ("x", NAMES)}
    return found | {f"{field.name}/{key}": array for key, array in beside.items()}


def _column(arrow: Any, pieces: _Pieces, field: Any) -> NDArray[Any]:
    parts = [_entries(arrow, piece, field.name) for piece in pieces]
    if not parts:
        return np.zeros(0)
    if len({part.shape[1:] for part in parts}) > 1:
        raise DataError(_unequal(field.name))
    whole = np.concatenate(parts)
    shape = _shape_of(field, whole)
    return np.ascontiguousarray(whole if shape is None else whole.reshape(len(whole), *shape))


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
            raise DataError(_unequal(name))
        return inner.reshape(len(array), length, *inner.shape[1:])
    if types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind):
        found: NDArray[Any] = array.to_numpy(zero_copy_only=False)
        return found
    values = array.to_pylist() if types.is_string(kind) or types.is_large_string(kind) else None
    if values is not None and not any("\0" in value for value in values):
        return np.array(values, dtype=str)
    raise DataError(
        f"the column {name!r} is of type {kind}, which no array here has; to leave it out, say"
        f" --skip {name}"
    )


def _unequal(name: str) -> str:
    return (
        f"the column {name!r} has lists of several lengths, which are no array; to leave it out,"
        f" say --skip {name}"
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


def _pyarrow() -> tuple[Any, Any]:
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
