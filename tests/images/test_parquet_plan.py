from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images import DataSet, SideArray
from acncodec.images.formats.parquet_writer import ArrayColumn, PictureColumn
from acncodec.images.parquet_plan import ROWS, Plan, plan_columns
from acncodec.images.recognised import recognise

pytest.importorskip("imagecodecs", reason="needs the extra images")
GREY = np.random.default_rng(0).integers(0, 200, (5, 3, 4), np.uint8)
NAMES = np.array([f"{at}.png" for at in range(5)])


def plan(channels: int | None = 1, **arrays: Any) -> Plan:
    data = recognise({"x": GREY} | arrays)
    assert isinstance(data, DataSet)
    return plan_columns(data.spec, data.side, 5, np.dtype(np.uint8), (3, 4), channels)


def kinds(found: Plan) -> list[tuple[type, str]]:
    return [(type(column), column.name) for column in found.columns]


def test_images_with_names_are_pictures_and_others_tensors() -> None:
    found = plan(y=np.arange(5), names=NAMES)
    assert kinds(found) == [(PictureColumn, "x"), (ArrayColumn, "y")] and found.is_pictures
    (rows,) = found.rows(GREY)
    assert rows["y"].tolist() == [*range(5)]
    assert [path for _, path in rows["x"]] == NAMES.tolist()
    assert all(content.startswith(b"\x89PNG") for content, _ in rows["x"])
    found = plan(y=np.arange(5))
    assert kinds(found) == [(ArrayColumn, "x"), (ArrayColumn, "y")] and not found.is_pictures
    (rows,) = found.rows(GREY)
    assert np.array_equal(rows["x"], GREY)


@pytest.mark.parametrize("names", [np.arange(5), NAMES[:, None], np.array(["cat", "dog"])])
def test_other_names_are_arrays_like_any(names: np.ndarray) -> None:
    if len(names) == 2:  # classes, with no row for each image
        with pytest.raises(DataError, match="'names' has no row for each image"):
            plan(names=names)
    elif names.ndim == 2:
        with pytest.raises(DataError, match="no column of Parquet"):
            plan(names=names)
    else:
        assert kinds(plan(names=names)) == [(ArrayColumn, "x"), (ArrayColumn, "names")]


def test_pictures_without_names_have_no_path() -> None:
    (rows,) = plan(modes=np.array(["L"] * 5)).rows(GREY)
    assert [path for _, path in rows["x"]] == [None] * 5


def test_what_is_laid_out_as_no_picture_is_a_tensor() -> None:
    assert kinds(plan(0, names=NAMES)) == [(ArrayColumn, "x"), (ArrayColumn, "names")]


def test_the_place_of_the_images_is_that_among_the_columns() -> None:
    arrays = {"names": NAMES, "a": np.arange(5), "x": GREY, "b": np.arange(5)}
    data = recognise(arrays)
    found = plan_columns(data.spec, data.side, 5, np.dtype(np.uint8), (3, 4), 1)
    assert [name for _, name in kinds(found)] == ["a", "x", "b"]


def test_rows_come_some_at_a_time() -> None:
    images = np.zeros((ROWS + 3, 2, 2), np.uint8)
    data = recognise({"x": images, "y": np.arange(ROWS + 3)})
    found = plan_columns(data.spec, data.side, len(images), np.dtype(np.uint8), (2, 2), 1)
    assert [len(rows["x"]) for rows in found.rows(iter(images))] == [ROWS, 3]
    assert [rows["y"][0] for rows in found.rows(iter(images))] == [0, ROWS]


def test_images_of_several_shapes_without_modes_are_refused() -> None:
    data = recognise({"x": GREY})
    with pytest.raises(DataError, match="several shapes and have no modes"):
        plan_columns(data.spec, (), 5, np.dtype(np.uint8), None, 1)
    modes = SideArray("modes", np.array(["L"] * 5), aligned=True)
    assert plan_columns(data.spec, (modes,), 5, np.dtype(np.uint8), None, 1).is_pictures
