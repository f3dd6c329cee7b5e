"""Parquet files written a piece at a time: arrays as columns, as `formats.parquet` reads them.

An array (N,) is a column of numbers, truths or text; one with more axes a column of Arrow's tensors
of fixed shape; pictures are structures of `bytes` and `path`, as the library `datasets` has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.parquet import open_pyarrow

_KINDS: Final = "biuf"


@dataclass(frozen=True)
class ArrayColumn:
    """A column of the rows of an array. dtype, row: the type of its entries, and the shape of a
    row.

    Raises:
        DataError: no column holds such entries as they are.
    """

    name: str
    dtype: np.dtype[Any]
    row: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        text = self.dtype.kind == "U" and not self.row
        if not text and (self.dtype.kind not in _KINDS or self.dtype.itemsize > 8):
            raise DataError(f"{self._what}, which no column of Parquet holds; write an .npz")
        if not self.dtype.isnative:
            raise DataError(
                f"{self._what}, and numbers in Parquet have one byte order, not that; write an .npz"
            )
        if 0 in self.row:
            raise DataError(f"{self._what}, rows without entries; write an .npz")

    @property
    def _what(self) -> str:
        rows = f" with rows of {self.row}" if self.row else ""
        return f"the array {self.name!r} is of type {self.dtype.str}{rows}"

    def type(self, arrow: Any) -> Any:
        """The type of its values."""
        if self.dtype.kind == "U":
            return arrow.string()
        entry = arrow.from_numpy_dtype(self.dtype)
        return arrow.fixed_shape_tensor(entry, self.row) if self.row else entry

    def values(self, arrow: Any, rows: NDArray[Any]) -> Any:
        """Some rows, as values of this type."""
        if self.dtype.kind == "U":
            values = rows.tolist()
            try:
                if not any("\0" in value for value in values):
                    return arrow.array(values, arrow.string())
            except UnicodeEncodeError:
                pass
            raise DataError(f"the array {self.name!r} has text that is none of Parquet's")
        flat = arrow.array(np.ascontiguousarray(rows).reshape(-1))
        if not self.row:
            return flat
        kind = self.type(arrow)
        size = int(np.prod(self.row, dtype=np.int64))
        lists = arrow.FixedSizeListArray.from_arrays(flat, size)
        return arrow.ExtensionArray.from_storage(kind, lists)


@dataclass(frozen=True)
class PictureColumn:
    """A column of pictures: (the bytes of its file, its path or None) for each."""

    name: str

    def type(self, arrow: Any) -> Any:
        """The type of its values."""
        return arrow.struct([("bytes", arrow.binary()), ("path", arrow.string())])

    def values(self, arrow: Any, rows: Sequence[tuple[bytes, str | None]]) -> Any:
        """Some rows, as values of this type. Raises `DataError` for a path that is no Unicode."""
        try:
            entries = [{"bytes": content, "path": path} for content, path in rows]
            return arrow.array(entries, self.type(arrow))
        except UnicodeEncodeError as error:
            raise DataError(f"a name in {self.name!r} is not valid Unicode") from error


Column = ArrayColumn | PictureColumn


class ParquetFile(AbstractContextManager["ParquetFile"]):
    """A Parquet file that is being written.

    Args:
        file: where to; stays open.
        columns: in their order.

    Raises:
        DataError: two columns of one name, or a name that is no Unicode.
        MissingExtraError: pyarrow is not installed.
    """

    def __init__(self, file: IO[bytes], columns: Sequence[Column]) -> None:
        self._arrow, parquet = open_pyarrow()
        self._columns = columns
        names = [column.name for column in columns]
        if len(set(names)) < len(names):
            raise DataError("two columns would have the same name")
        fields = [(column.name, column.type(self._arrow)) for column in columns]
        self._schema = self._arrow.schema(fields)
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.close()

    def add(self, rows: Mapping[str, Any]) -> None:
        """Write some rows of each column, by its name."""
        arrays = [column.values(self._arrow, rows[column.name]) for column in self._columns]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
