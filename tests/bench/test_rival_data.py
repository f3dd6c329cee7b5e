"""`bench/rival_data.py`: what it reads, what it says of it, and what it refuses."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from rival_data import images, load


def test_an_array_of_grey_images(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.save(tmp_path / "a.npy", pixels)
    found = load(tmp_path / "a.npy")
    assert found.pixels.shape == (2, 3, 4, 1) and np.array_equal(found.pixels[..., 0], pixels)
    assert (found.levels, found.bits, found.packed_bytes) == (24, 5, 15)
    assert found.sha256 == hashlib.sha256(pixels.tobytes()).hexdigest()


def test_the_one_array_of_images_of_an_npz(tmp_path: Path) -> None:
    pixels = np.arange(72, dtype=np.uint8).reshape(2, 3, 4, 3)
    np.savez(tmp_path / "a.npz", images=pixels, labels=np.array([1, 2]))
    assert np.array_equal(load(tmp_path / "a.npz").pixels, pixels)


def test_any_two_values_are_two_levels() -> None:
    found = images(np.array([[[7, 254], [254, 7]]], np.uint8), "a")
    assert found.levels == 2 and found.packed_bytes == 1
    assert found.pixels[0, ..., 0].tolist() == [[0, 1], [1, 0]]


def test_the_digest_does_not_know_of_byte_or_axis_order() -> None:
    pixels = np.arange(24, dtype=np.uint16).reshape(2, 3, 4) * 2000
    digests = {
        images(each, "a").sha256
        for each in (pixels, pixels.astype(">u2"), np.asfortranarray(pixels))
    }
    assert digests == {hashlib.sha256(pixels.astype("<u2").tobytes()).hexdigest()}


@pytest.mark.parametrize(
    ("array", "cause"),
    [
        (np.zeros((2, 3, 4), np.float32), "float32, where"),
        (np.zeros((2, 3, 4), np.int16), "int16, where"),
        (np.zeros((0, 3, 4), np.uint8), "no images"),
        (np.zeros((2, 3, 4, 5), np.uint8), "5 channels"),
        (np.zeros((1, 1, 1, 1, 1), np.uint8), "no images"),
    ],
)
def test_what_is_no_images_is_refused(array: NDArray[np.generic], cause: str) -> None:
    with pytest.raises(SystemExit, match=cause):
        images(array, "a")


def test_files_of_other_things_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=np.zeros((1, 2, 2)), b=np.zeros((1, 2, 2)))
    (tmp_path / "text.npy").write_text("no array", encoding="utf-8")
    np.save(tmp_path / "object.npy", np.array([None]), allow_pickle=True)
    for name, cause in (("two.npz", "2 arrays"), ("text.npy", "text"), ("object.npy", "pickle")):
        with pytest.raises(SystemExit, match=cause):
            load(tmp_path / name)
    with pytest.raises(SystemExit, match="No such file"):
        load(tmp_path / "none.npy")
