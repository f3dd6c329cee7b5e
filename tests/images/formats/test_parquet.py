from __future__ import annotations

import io
import sys
from typing import Any

import numpy as np
import pytest
from columns import IMAGES, written

from acncodec.errors import DataError, MissingExtraError
from acncodec.images.formats.parquet import load_parquet

pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (pa.array([1, 2], pa.int16()), np.array([1, 2], np.int16)),
        (pa.array([0.5, 2.0], pa.float32()), np.array([0.5, 2], np.float32)),
        (pa.array([True, False]), np.array([True, False])),
        (pa.array(["a", "bcd"]), np.array(["a", "bcd"])),
        (pa.array(["b", "b"]).dictionary_encode(), np.array(["b", "b"])),
        (pa.array([[1, 2], [3, 4]], pa.list_(pa.uint8())), np.array([[1, 2], [3, 4]], np.uint8)),
        (pa.array([[1, 2], [3, 4]], pa.list_(pa.uint8(), 2)), np.array([[1, 2], [3, 4]], np.uint8)),
        (
            pa.array([[[1, 2], [3, 4]]], pa.large_list(pa.list_(pa.uint8()))),
            np.array([[[1, 2], [3, 4]]], np.uint8),
        ),
    ],
)
def test_columns_of_numbers_text_and_lists(column: Any, wanted: Any) -> None:
    found = load_parquet(written({"a": column}))["a"]
    assert found.dtype == wanted.dtype and np.array_equal(found, wanted)


def test_shapes_of_tensors_are_in_the_metadata() -> None:
    column = pa.array([[*range(6)], [*range(6, 12)]], pa.large_list(pa.uint8()))
    field = pa.field("x", column.type, metadata={"ARROW:extension:metadata": "[2, 3]"})
    out = io.BytesIO()
    pq.write_table(pa.table([column], schema=pa.schema([field])), out)
    assert np.array_equal(load_parquet(out)["x"], np.arange(12).reshape(2, 2, 3))
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(IMAGES)
    assert np.array_equal(load_parquet(written({"x": tensors}))["x"], IMAGES)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([1, None]), "has a null.*--skip a"),
        (pa.array([[1], None], pa.list_(pa.uint8())), "has a null.*--skip a"),
        (pa.array([[1, None]], pa.list_(pa.uint8())), "a list in the column 'a' has a null"),
        (pa.array([[1], [1, 2]]), "several lengths.*--skip a"),
        (pa.array([b"abc"]), "of type binary.*--skip a"),
        (pa.array([{"b": 1}]), "of type struct"),
        (pa.array(["a\0"]), "of type string"),
    ],
)
def test_what_is_no_array_is_refused_or_left_out(column: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_parquet(written({"a": column}))
    assert load_parquet(written({"a": column}), skip=["a"])["a"].size == 0


def test_damage_and_size() -> None:
    data = written({"a": pa.array([*range(99)])}).getvalue()
    for bad in (data[:-1], data[:40], data[:4] + bytes(len(data) - 8) + data[-4:]):
        with pytest.raises(DataError, match="Parquet"):
            load_parquet(io.BytesIO(bad))
    with pytest.raises(DataError, match="limit of 100"):
        load_parquet(io.BytesIO(data), max_bytes=100)


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"acncodec\[parquet\]"):
        load_parquet(io.BytesIO(b"PAR1"))
