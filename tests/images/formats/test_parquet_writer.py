"""Columns written and read again by the package's own reader."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.parquet import load_parquet
from acncodec.images.formats.parquet_writer import ArrayColumn, ParquetFile, PictureColumn

pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
RNG = np.random.default_rng(0)
ARRAYS: dict[str, Any] = {
    "bool": np.arange(7) % 3 == 0, "u1": np.arange(7, dtype=np.uint8),
    "i8": np.arange(7) - 2**62, "u8": np.arange(7, dtype=np.uint64) + 2**63,
    "f2": RNG.random(7).astype(np.float16), "f4": RNG.random(7, np.float32),
    "f8": np.array([0.1, -0.0, np.inf, np.nan, 1e300, 5e-324, 1]),
    "text": np.array(["a", "é", "", "long enough", "\t", "c", "d"]),
    "grey": RNG.integers(0, 256, (7, 3, 4), np.uint8), "rows": RNG.random((7, 5)),
    "deep": RNG.integers(0, 65_536, (7, 2, 3, 3), np.uint16), "mask": RNG.random((7, 2, 3)) < 0.5,
    "one": np.arange(7)[:, None],
}  # fmt: skip


def written(arrays: dict[str, Any], step: int = 3) -> io.BytesIO:
    file = io.BytesIO()
    columns = [ArrayColumn(name, one.dtype, one.shape[1:]) for name, one in arrays.items()]
    with ParquetFile(file, columns) as table:
        for start in range(0, 7, step):
            table.add({name: one[start : start + step] for name, one in arrays.items()})
    file.seek(0)
    return file


@pytest.mark.parametrize("step", [3, 7])
def test_types_shapes_and_entries_come_back(step: int) -> None:
    back = load_parquet(written(ARRAYS, step))
    assert list(back) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert back[name].dtype == array.dtype and back[name].shape == array.shape, name
        assert back[name].tobytes() == array.tobytes(), name


def test_pictures_are_structures_of_bytes_and_path() -> None:
    file = io.BytesIO()
    with ParquetFile(file, [PictureColumn("image")]) as table:
        table.add({"image": [(b"one", "a/1.png"), (b"two", None)]})
    found = pa.parquet.read_table(file)
    assert found.column("image").to_pylist() == [
        {"bytes": b"one", "path": "a/1.png"}, {"bytes": b"two", "path": None},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dtype", "row", "message"),
    [
        (">i4", (), "one byte order"), (">u2", (2, 3), "one byte order"), ("S3", (), "no column"),
        ("U3", (2,), "no column"), ("c16", (), "no column"), ("M8[D]", (), "no column"),
        ([("a", "u1")], (), "no column"), ("u1", (3, 0), "without entries"),
        ("longdouble", (), "no column"), ("V2", (), "no column"),
    ],
)  # fmt: skip
def test_what_no_column_holds_is_refused(dtype: Any, row: tuple[int, ...], message: str) -> None:
    with pytest.raises(DataError, match=f"'odd' .*{message}"):
        ArrayColumn("odd", np.dtype(dtype), row)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_would_not_come_back_is_refused(text: str) -> None:
    array = np.array([text, "a"])
    file = io.BytesIO()
    with pytest.raises(DataError, match="'t' has text"):  # noqa: SIM117
        with ParquetFile(file, [ArrayColumn("t", array.dtype)]) as table:
            table.add({"t": array})
    with pytest.raises(DataError, match="'p' is not valid Unicode"):  # noqa: SIM117
        with ParquetFile(io.BytesIO(), [PictureColumn("p")]) as table:
            table.add({"p": [(b"", "\ud800")]})


def test_two_columns_of_one_name_are_refused() -> None:
    column = ArrayColumn("a", np.dtype("u1"))
    with pytest.raises(DataError, match="the same name"):
        ParquetFile(io.BytesIO(), [column, column])
