from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import blobs

from acncodec.errors import DataError, MissingExtraError
from acncodec.images import load_dataset, open_dataset
from acncodec.images.zarrs import is_zarr, load_zarr

zarr = pytest.importorskip("zarr", reason="needs the extra zarr")

IMAGES = blobs(12, 1)[:, 0]


@pytest.mark.parametrize("version", [2, 3])
def test_a_group_comes_in_the_order_of_names(tmp_path: Path, version: int) -> None:
    path = tmp_path / "a.zarr"
    group = zarr.create_group(str(path), zarr_format=version)
    given: dict[str, Any] = {
        "y": np.arange(12, dtype=">i4"), "x": IMAGES, "deep/z": np.ones((12, 2), np.float32),
    }  # fmt: skip
    for name, array in given.items():
        group.create_array(name, data=array, chunks=(5, *array.shape[1:]))
    assert is_zarr(path)
    arrays, warnings = load_zarr(path)
    assert list(arrays) == ["deep/z", "x", "y"] and warnings == ()
    for name, array in given.items():
        assert np.array_equal(arrays[name], array)
    for data in (load_dataset(path), open_dataset(path)):
        assert data.count == 12 and [entry.name for entry in data.side] == ["deep/z", "y"]
    assert list(load_dataset(path, skip=["deep/z"]).arrays()) == ["x", "y"]


def test_a_single_array_is_x(tmp_path: Path) -> None:
    zarr.create_array(str(tmp_path / "a"), data=IMAGES)
    assert np.array_equal(load_dataset(tmp_path / "a").arrays()["x"], IMAGES)


def test_what_is_not_as_it_was_is_told(tmp_path: Path) -> None:
    array = zarr.create_array(str(tmp_path / "a"), shape=(12, 8, 8), chunks=(4, 8, 8), dtype="u1")
    array[:4] = IMAGES[:4] + 1
    _, warnings = load_zarr(tmp_path / "a")
    assert warnings == ("2 of the 3 chunks of 'x' are not stored, and read as 0",)


def test_lossy_filters_are_told(tmp_path: Path) -> None:
    codecs = pytest.importorskip("numcodecs")
    zarr.create_array(
        str(tmp_path / "a"), data=IMAGES.astype("f8"), zarr_format=2,
        filters=[codecs.FixedScaleOffset(offset=0, scale=1, dtype="f8", astype="u1")],
    )  # fmt: skip
    arrays, warnings = load_zarr(tmp_path / "a")
    assert np.array_equal(arrays["x"], IMAGES)
    assert "'x' is stored with the filter fixedscaleoffset" in warnings[0]


def test_damage_and_size(tmp_path: Path) -> None:
    zarr.create_array(str(tmp_path / "a"), data=IMAGES)
    with pytest.raises(DataError, match="limit of 100"):
        load_zarr(tmp_path / "a", max_bytes=100)
    (tmp_path / "a" / "zarr.json").write_text("{}")
    with pytest.raises(DataError, match="unreadable Zarr"):
        load_zarr(tmp_path / "a")
    assert not is_zarr(tmp_path)


def test_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(MissingExtraError, match=r"acncodec\[zarr\]"):
        load_zarr(tmp_path)
