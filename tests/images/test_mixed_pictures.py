"""Pictures of several sizes and modes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images import DataSet, MixedData, StoredData, load_any, load_dataset, open_any
from acncodec.images.mixed_pictures import load_mixed
from acncodec.images.places import pictures_in
from acncodec.images.stored_mixed import StoredMixed

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(8)
GREY = RNG.integers(0, 256, (4, 5), np.uint8)


def fill(folder: Path, **images: np.ndarray) -> None:
    for name, image in images.items():
        Image.fromarray(image).save(folder / f"{name}.png")


def test_samples_are_as_they_are_stored_and_modes_say_what_they_were(tmp_path: Path) -> None:
    rgb = RNG.integers(0, 256, (3, 7, 3), np.uint8)
    fill(tmp_path, a=GREY, b=rgb, c=GREY > 99)
    data = load_any(tmp_path)
    assert isinstance(data, MixedData) and data.is_list
    found = data.arrays()
    assert all(image.dtype == np.uint8 for image in found)
    for image, wanted in zip(found, [GREY, rgb, GREY > 99], strict=True):
        assert np.array_equal(image, wanted)
    side = {entry.name: entry for entry in data.side}
    assert side["names"].array.tolist() == ["a.png", "b.png", "c.png"]
    assert side["modes"].array.tolist() == ["L", "RGB", "1"]
    assert all(entry.aligned for entry in data.side)
    assert {(one.levels, one.channels) for one in data.images.classes} >= {(2, 1)}


def test_where_one_is_of_16_bits_all_are(tmp_path: Path) -> None:
    deep = RNG.integers(0, 65_536, (6, 5)).astype(np.uint16)
    fill(tmp_path, a=GREY, b=deep)
    data = load_any(tmp_path)
    assert isinstance(data, MixedData)
    for image, wanted in zip(data.arrays(), [GREY, deep], strict=True):
        assert image.dtype == np.uint16 and np.array_equal(image, wanted)
    levels = {one.shape: one.levels for one in data.images.classes}
    assert levels[1, 4, 5] <= 256 < levels[1, 6, 5]


def test_one_size_and_two_modes_are_a_mixed_set_too(tmp_path: Path) -> None:
    fill(tmp_path, a=GREY, b=GREY)
    painted = Image.fromarray(GREY, "P")
    painted.putpalette(RNG.bytes(768))
    painted.save(tmp_path / "b.png")
    data = load_any(tmp_path)
    assert isinstance(data, MixedData) and not data.is_list
    assert {entry.name for entry in data.side} == {"names", "modes", "chunks", "chunks_of"}
    assert [entry.name for entry in data.side if not entry.aligned] == ["chunks"]


def test_pictures_that_are_alike_are_a_set_of_one_shape(tmp_path: Path) -> None:
    fill(tmp_path, a=GREY, b=GREY)
    assert isinstance(load_any(tmp_path), DataSet)
    assert isinstance(open_any(tmp_path), StoredData)
    fill(tmp_path, c=GREY[:2])
    assert isinstance(open_any(tmp_path), StoredMixed)
    with pytest.raises(DataError, match=r"'c\.png' is 5 x 2 L, but 'a\.png' is 5 x 4 L; here all"):
        load_dataset(tmp_path)


def test_what_is_too_much_or_has_changed_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path, a=GREY, b=GREY[:2])
    with pictures_in(tmp_path) as found:
        assert found is not None
        with pytest.raises(DataError, match="limit of 29"):
            load_mixed(found, max_bytes=29)
        fill(tmp_path, b=GREY[:3])
        with pytest.raises(DataError, match=r"'b\.png'.*has changed"):
            load_mixed(found, max_bytes=30)


def test_an_array_beside_them_follows_them_unless_the_user_says_no(tmp_path: Path) -> None:
    fill(tmp_path, a=GREY, b=GREY[:2])
    data = load_any(tmp_path, not_aligned=["names"])
    assert [(entry.name, entry.aligned) for entry in data.side] == [
        ("names", False), ("modes", True)
    ]  # fmt: skip
    assert [entry.name for entry in load_any(tmp_path, skip=["modes"]).side] == ["names"]
    for said, words in (
        ({"not_aligned": ["z"]}, "--not-aligned 'z': there is no such array"),
        ({"aligned": ["x"]}, "--aligned 'x': that is the image array"),
        ({"skip": ["z"]}, "--skip 'z': there is no such array; there are 'x', 'names', 'modes'"),
        ({"skip": ["x"]}, "--skip 'x': these are the images"),
    ):
        with pytest.raises(DataError, match=words):
            load_any(tmp_path, **said)  # type: ignore[arg-type]
