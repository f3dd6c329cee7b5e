from __future__ import annotations

import io
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from acncodec.errors import DataError
from acncodec.images.formats.array_files import load_arrays
from acncodec.images.formats.mat import MAGIC, load_mat
from acncodec.images.formats.mat_elements import HEADER_BYTES

X = np.random.default_rng(0).integers(0, 256, (20, 8, 9), dtype=np.uint8)
COLOURS = np.stack([X, X, 255 - X], 3)


def written(arrays: dict[str, Any], packed: bool = False) -> bytes:
    out = io.BytesIO()
    savemat(out, arrays, do_compression=packed)
    return out.getvalue()


def load(arrays: dict[str, Any], packed: bool = False, **options: Any) -> dict[str, Any]:
    data = written(arrays, packed)
    return load_mat(io.BytesIO(data), len(data), **options)


@pytest.mark.parametrize("packed", [False, True])
def test_arrays_of_every_type(packed: bool) -> None:
    given: dict[str, Any] = {
        dtype: X.astype(dtype)
        for dtype in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "?")
    }
    given |= {"fraction": X / 7, "column": np.arange(20)[:, None], "empty": np.zeros((0, 3))}
    found = load(given, packed)
    assert list(found) == list(given)
    for name, array in given.items():
        assert found[name].dtype == array.dtype and found[name].flags.c_contiguous
        assert np.array_equal(found[name], array)


def test_text_is_a_string_a_row() -> None:
    found = load({"one": "hé", "two": np.array(["abc", "de "])})
    assert found["one"].tolist() == ["hé"] and found["two"].tolist() == ["abc", "de "]


def test_fields_of_structures_have_names_of_both() -> None:
    images = X.reshape(20, 72)
    half = {"images": images, "labels": np.arange(20)[:, None]}
    found = load({"dataset": {"train": half, "test": {"images": images[:5]}}})
    assert list(found) == ["dataset/train/images", "dataset/train/labels", "dataset/test/images"]
    assert np.array_equal(found["dataset/train/images"], images)


def test_images_along_the_last_axis_lie_along_the_first() -> None:
    for given in (X, COLOURS):
        found = load({"X": np.moveaxis(given, 0, -1), "y": np.arange(20)[:, None]})
        assert np.array_equal(found["X"], given) and found["y"].shape == (20, 1)
    found = load({"X": np.moveaxis(COLOURS, 0, -1)})
    assert np.array_equal(found["X"], COLOURS)
    found = load({"X": X, "y": np.arange(20)})  # MATLAB knows no single axis
    assert np.array_equal(found["X"], X) and found["y"].ravel().tolist() == [*range(20)]
    assert found["y"].shape == (20, 1)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.array([1, "a", X], object), "a cell"),
        (np.array([(1, 2), (3, 4)], [("a", int), ("b", int)]), "an array of structures"),
        (X * 1j, "of complex numbers"),
    ],
)
def test_what_is_no_array_is_left_out_by_name(value: Any, words: str) -> None:
    with pytest.raises(DataError, match=f"'c' is {words}, .* say --skip c"):
        load({"x": X, "c": value})
    assert load({"x": X, "c": value}, skip=["c"])["c"].size == 0
    with pytest.raises(DataError, match=f"'s/c' is {words}"):
        load({"s": {"x": X, "c": value}})
    assert list(load({"s": {"x": X, "c": value}}, skip=["s/c"])) == ["s/x", "s/c"]
    assert list(load({"x": X, "s": {"x": X, "c": value}}, skip=["s"])) == ["x", "s"]


def test_a_file_is_told_by_its_content_and_the_newer_version_refused(tmp_path: Any) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(written({"x": X}))
    with path.open("rb") as file:
        arrays, notes = load_arrays(file)
    assert np.array_equal(arrays["x"], X) and "not the file" in notes[0]
    path.write_bytes(MAGIC.replace(b"5.0", b"7.3") + bytes(600))
    with path.open("rb") as file, pytest.raises(DataError, match="HDF5; save it as version 7"):
        load_arrays(file)


@pytest.mark.parametrize("packed", [False, True])
def test_damage_is_refused_or_harmless(packed: bool) -> None:
    data = written({"x": X[:2], "s": {"a": np.arange(3), "t": "abc"}}, packed)
    rng = np.random.default_rng(0)
    for length in range(HEADER_BYTES + 3, len(data), 3):
        with pytest.raises(DataError):
            load_mat(io.BytesIO(data), length)
    for _ in range(300):
        broken = bytearray(data)
        for place in rng.integers(126, min(len(data), 600), 2):
            broken[place] = rng.integers(0, 256)
        with suppress(DataError):
            load_mat(io.BytesIO(bytes(broken)), len(broken), max_bytes=1 << 20)


def test_claims_are_checked_before_memory_is_taken() -> None:
    head = written({})[:HEADER_BYTES]
    packed = zlib.compress(np.array([14, 1 << 31], "<u4").tobytes() + bytes(100))
    claim = np.array([15, len(packed)], "<u4").tobytes() + packed
    data = head + claim
    with pytest.raises(DataError, match="cannot hold"):
        load_mat(io.BytesIO(data), len(data))
    with pytest.raises(DataError, match="limit of 100"):
        load({"x": X}, max_bytes=100)
    with pytest.raises(DataError, match="limit of"):
        load({"x": np.zeros((1000, 1000))}, packed=True, max_bytes=1 << 20)
