"""Pictures of several sizes and modes read when asked for: the same as loaded ones, never others
than at first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from level_sets import level_set

from acncodec.errors import DataError
from acncodec.images import MixedData, SideArray, load_any, open_any
from acncodec.images.mixed_source import MixedSource
from acncodec.images.stored_mixed import OneClass, StoredMixed

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(2)
PICTURES = {
    "a": RNG.integers(0, 250, (4, 5), np.uint8),
    "b": RNG.integers(0, 256, (3, 7, 3), np.uint8),
    "c": RNG.random((6, 5)) < 0.4,
    "d": RNG.integers(0, 9, (4, 5), np.uint8),
    "e": RNG.integers(0, 256, (3, 7, 4), np.uint8),
    "f": RNG.random((6, 5)) < 0.4,
}


def fill(folder: Path, more: dict[str, np.ndarray] | None = None) -> Path:
    for name, image in (PICTURES | (more or {})).items():
        Image.fromarray(image).save(folder / f"{name}.png")
    return folder


def opened(folder: Path, **options: Any) -> StoredMixed:
    data = open_any(folder, **options)
    assert isinstance(data, StoredMixed)
    return data


@pytest.mark.parametrize("deep", [False, True])
def test_it_is_what_a_loaded_one_is(tmp_path: Path, deep: bool) -> None:
    deep_one = {"g": RNG.integers(0, 65_536, (2, 2)).astype(np.uint16)}
    fill(tmp_path, deep_one if deep else None)
    stored, loaded = opened(tmp_path), load_any(tmp_path)
    assert isinstance(loaded, MixedData)
    for name in ("spec", "count", "classes", "array_bytes", "raw_bytes", "warnings", "is_list"):
        assert getattr(stored, name) == getattr(loaded, name), name
    assert np.array_equal(stored.members, loaded.members)
    assert [one.name for one in stored.side] == [one.name for one in loaded.side]
    for rows in (slice(None), slice(1, 4), np.array([5, 0, 2]), np.zeros(0, np.int64)):
        one, other = stored.take(rows), loaded.take(rows)
        assert one.keys() == other.keys()
        assert all(image.flags.c_contiguous for image in one.blocks.values())


def test_arrays_beside_are_left_out_and_taken_in(tmp_path: Path) -> None:
    fill(tmp_path)
    assert {one.name for one in opened(tmp_path, skip=["modes"]).side} == {"names"}
    with pytest.raises(DataError, match="there is no such array"):
        opened(tmp_path, skip=["labels"])
    stored = opened(tmp_path)
    more = stored.with_side((*stored.side, SideArray("y", np.arange(6), True)))
    assert [one.name for one in more.side][-1] == "y" and more.take(slice(2)).keys()
    with pytest.raises(DataError, match="length 5"):
        stored.with_side((SideArray("y", np.arange(5), True),))


def test_a_picture_that_has_changed_is_an_error(tmp_path: Path) -> None:
    stored = opened(fill(tmp_path))
    assert stored.same_images(opened(tmp_path))
    Image.fromarray(255 - PICTURES["a"]).save(tmp_path / "a.png")
    assert not stored.same_images(opened(tmp_path))
    stored.take(slice(1, None))
    with pytest.raises(DataError, match="changed"):
        stored.take(slice(None))


def test_a_set_of_one_shape_is_one_of_a_class() -> None:
    data = level_set("grey", 9, 1)
    one: MixedSource = OneClass(data)
    assert one.count == 11 and len(one.classes) == 1 and not one.is_list
    assert (one.array_bytes, one.raw_bytes) == (data.array_bytes, data.raw_bytes)
    assert np.array_equal(one.take(np.array([3, 1])).blocks[0], data.pixels[[3, 1]])
    assert len(one.take(slice(0, 0))) == 0
