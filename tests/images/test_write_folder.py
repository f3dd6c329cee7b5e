"""Pictures to the files of a folder."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images import SideArray, load_any, load_folder
from acncodec.images.formats.modes import Mode
from acncodec.images.picture_side import PictureSide, pack_sides
from acncodec.images.write_folder import as_mode, check_count, read_sides, write_pictures

pytest.importorskip("imagecodecs")
Image = pytest.importorskip("PIL.Image")
BYTE = np.dtype(np.uint8)


def side_arrays(*names: str, mode: str = "L") -> list[SideArray]:
    arrays = pack_sides([PictureSide(name, Mode.parse(mode)) for name in names], told=False)
    return [SideArray(name, array, True) for name, array in arrays.items()]


def images(count: int) -> list[NDArray[np.uint8]]:
    return list(np.random.default_rng(count).integers(0, 256, (count, 3, 5), np.uint8))


def test_files_are_written_under_their_names() -> None:
    files: dict[str, bytes] = {}
    sides = read_sides(side_arrays("a/b.png", "c.gif", "d.pgm"), None, BYTE)
    write_pictures(files.__setitem__, sides, images(3))
    assert list(files) == ["a/b.png", "c.gif.png", "d.pgm"]
    for data, image in zip(files.values(), images(3), strict=True):
        with Image.open(io.BytesIO(data)) as opened:
            assert np.array_equal(np.asarray(opened), image)


@pytest.mark.parametrize("names", [["a.gif", "a.gif.png"], ["../a.png"], ["nul"], ["a\\b"]])
def test_names_are_looked_at_before_a_file_is_written(names: list[str]) -> None:
    with pytest.raises(DataError, match="the name "):
        read_sides(side_arrays(*names), None, BYTE)


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_images_as_names(count: int) -> None:
    files: dict[str, bytes] = {}
    sides = read_sides(side_arrays("a.png", "b.png"), None, BYTE)
    with pytest.raises(DataError, match=f"there are {count} images, and names of 2"):
        write_pictures(files.__setitem__, sides, images(count))


def test_a_million_pictures_are_no_folder() -> None:
    check_count(250_000)
    with pytest.raises(DataError, match=r"1,000,000 images.*name an \.npz"):
        check_count(1_000_000)


def test_samples_have_the_values_of_their_mode() -> None:
    wide = np.array([[0, 3]], np.uint16)
    assert as_mode(wide, Mode.parse("L;2")).dtype == np.uint8
    assert as_mode(wide > 1, Mode.parse("1")).dtype == np.bool_
    assert as_mode(wide[..., None], Mode.parse("I;16")).shape == (1, 2)
    with pytest.raises(DataError, match="a sample of 3 is above what mode 1 has"):
        as_mode(wide, Mode.parse("1"))
    for shape in ((1, 2), (1, 2, 2), (2,), (1, 1, 2, 3)):
        with pytest.raises(DataError, match="are not of mode RGB"):
            as_mode(np.zeros(shape, np.uint8), Mode.parse("RGB"))
    sides = read_sides(side_arrays("a.png", mode="RGB"), None, BYTE)
    with pytest.raises(DataError, match=r"^'a\.png': samples of shape"):
        write_pictures({}.__setitem__, sides, images(1))


def put(root: Path, name: str, image: Any, **options: Any) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    image.save(root / name, **options)


def test_a_folder_of_all_modes_comes_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    source, back = tmp_path / "in", tmp_path / "out"
    grey = rng.integers(0, 256, (6, 7), np.uint8)
    palette = Image.fromarray(grey % 16, "P")
    palette.putpalette(rng.bytes(48))
    put(source, "a/grey.png", Image.fromarray(grey))
    put(source, "a/bits.png", Image.fromarray(grey > 99))
    put(source, "b/c/deep.png", Image.fromarray(grey.astype(np.uint16) * 256 + 3))
    put(source, "b/rgb.png", Image.fromarray(rng.integers(0, 256, (6, 7, 3), np.uint8)))
    put(source, "b/rgba.png", Image.fromarray(rng.integers(0, 256, (5, 7, 4), np.uint8)))
    put(source, "b/la.png", Image.fromarray(rng.integers(0, 256, (6, 9, 2), np.uint8), "LA"))
    put(source, "palette.png", palette, transparency=3)
    put(source, "palette.gif", palette, optimize=False)
    data = load_any(source)
    files: dict[str, bytes] = {}
    write_pictures(files.__setitem__, read_sides(data.side, None, BYTE), data.arrays())
    for name, content in files.items():
        (back / name).parent.mkdir(parents=True, exist_ok=True)
        (back / name).write_bytes(content)
        original = source / name.replace(".gif.png", ".gif")
        with Image.open(original) as first, Image.open(back / name) as second:
            assert (first.mode, first.getpalette()) == (second.mode, second.getpalette())
            assert np.array_equal(np.asarray(first), np.asarray(second))
            kept = {"transparency"} & set(first.info)
            assert {key: second.info[key] for key in kept} == {k: first.info[k] for k in kept}
    assert len(files) == 8
    again = load_any(back)
    assert [image.tolist() for image in again.arrays()] == [i.tolist() for i in data.arrays()]


def test_a_set_of_one_kind_comes_back(tmp_path: Path) -> None:
    for index, image in enumerate(images(3)):
        put(tmp_path, f"{index}.png", Image.fromarray(image))
    arrays, _ = load_folder(tmp_path)
    side = [SideArray("names", arrays["names"], True)]
    files: dict[str, bytes] = {}
    write_pictures(files.__setitem__, read_sides(side, 1, BYTE), arrays["x"])
    assert list(files) == ["0.png", "1.png", "2.png"]
