"""Lists of images among named arrays: those that `save_npz` writes, and what is none."""

from __future__ import annotations

from pathlib import Path

import mixed_sets
import numpy as np
import pytest

from acncodec.codec.compare import same_data
from acncodec.errors import DataError
from acncodec.images import MixedData, SideArray, load_any, mixed_from_arrays, open_any, save_npz
from acncodec.images.array_list import list_of_images

FLAT = [np.arange(6, dtype=np.uint8).reshape(2, 3), np.ones((4, 5), np.uint8)]
COLOUR = [np.zeros((5, 6, 3), np.uint8), np.ones((7, 5, 4), np.uint8)]


def named(images: list[np.ndarray], name: str = "x") -> dict[str, np.ndarray]:
    return {f"{name}/{at}": image for at, image in enumerate(images)}


def written(data: MixedData, path: Path) -> Path:
    with path.open("wb") as file:
        save_npz(file, data)
    return path


@pytest.mark.parametrize("position", [0, 1, 2])
def test_what_was_written_is_taken_in_again(tmp_path: Path, position: int) -> None:
    images = mixed_sets.mixed_arrays(3)
    side = (
        SideArray("y", np.arange(len(images)), True), SideArray("about", np.array(["a"]), False),
    )  # fmt: skip
    data = mixed_from_arrays(images, name="pictures", side=side, position=position)
    path = written(data, tmp_path / "a.npz")
    for read in (load_any, open_any):
        again = read(path)
        assert isinstance(again, MixedData) and again.spec.position == position
        assert same_data(data, again, "keep")
    assert written(again, tmp_path / "b.npz").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("layout", ["nhwc", "nchw"])
def test_axes_are_told_from_the_shapes(layout: str) -> None:
    images = COLOUR if layout == "nhwc" else [image.transpose(2, 0, 1) for image in COLOUR]
    found = list_of_images(named(images))
    assert found is not None and found.spec.layout == layout
    assert all(map(np.array_equal, found.arrays(), images))


def test_axes_that_may_be_two_are_asked_for() -> None:
    images = named([np.zeros((3, 9, 3), np.uint8), np.zeros((3, 8, 3), np.uint8)])
    with pytest.raises(DataError, match="may be nhwc or nchw; say which with --layout"):
        list_of_images(images)
    found = list_of_images(images, layout="nchw")
    assert found is not None and {one.shape for one in found.classes} == {(3, 9, 3), (3, 8, 3)}


def test_rows_as_many_as_images_follow_them_unless_they_are_named() -> None:
    arrays = {"y": np.arange(2), **named(FLAT), "z": np.arange(2), "w": np.arange(3)}
    found = list_of_images(arrays, not_aligned=["z"])
    assert found is not None and found.spec.position == 1
    assert {one.name: one.aligned for one in found.side} == {"y": True, "z": False, "w": False}
    for options, words in (
        ({"aligned": ["w"]}, "there are 2 images"),
        ({"aligned": ["v"]}, "no such array"),
        ({"not_aligned": ["x/0"]}, "no such array"),
        ({"aligned": ["y"], "not_aligned": ["y"]}, "named by both"),
    ):
        with pytest.raises(DataError, match=words):
            list_of_images(arrays, **options)


def test_bytes_of_chunks_follow_no_picture(tmp_path: Path) -> None:
    arrays = named(FLAT) | {
        "chunks": np.zeros(2, np.uint8), "chunks_of": np.zeros(2, np.uint8),
    }  # fmt: skip
    np.savez(tmp_path / "a.npz", **arrays)
    found = load_any(tmp_path / "a.npz")
    assert isinstance(found, MixedData)
    assert {one.name: one.aligned for one in found.side} == {"chunks": False, "chunks_of": True}


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        named([FLAT[0], FLAT[0]]),  # which would come back as one array
        named([FLAT[0], FLAT[1].astype(np.uint16)]),
        named([image.astype(np.int64) for image in FLAT]),
        named([FLAT[0], np.zeros((2, 0), np.uint8)]),
        named([FLAT[0], np.zeros(4, np.uint8)]),
        named([np.zeros((90, 8, 8), np.uint8), np.zeros((10, 8, 8), np.uint8)]),
        {"x/0": FLAT[0], "y": np.arange(3), "x/1": FLAT[1]},
        {"x/1": FLAT[0], "x/2": FLAT[1]},
        {"x/00": FLAT[0], "x/01": FLAT[1]},
        {"x0": FLAT[0], "x1": FLAT[1]},
        named(FLAT) | {"images": np.zeros((9, 8, 8), np.uint8)},
    ],
)
def test_what_is_no_list(arrays: dict[str, np.ndarray]) -> None:
    assert list_of_images(arrays) is None


def test_a_name_says_which_list_or_array_is_meant() -> None:
    arrays = named(FLAT, "a") | named(COLOUR, "b")
    with pytest.raises(DataError, match=r"several lists of images: 'a' \(2\), 'b' \(2\)"):
        list_of_images(arrays)
    found = list_of_images(arrays, images="b")
    assert found is not None and found.spec.name == "b" and len(found.side) == 2
    arrays = named(FLAT) | {"images": np.zeros((9, 8, 8), np.uint8)}
    found = list_of_images(arrays, images="x")
    assert found is not None and [one.name for one in found.side] == ["images"]
    assert list_of_images(arrays, images="images") is None


def test_golden_lists_are_read_as_what_they_are() -> None:
    folder = Path(__file__).parent.parent / "golden" / "v3"
    for kind in ("mixed", "shapes"):
        path = folder / f"arrays-{kind}.npz"
        data = load_any(path)
        assert isinstance(data, MixedData)
        assert same_data(mixed_sets.load_list(path), data, "keep")
