from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import GREY as GREY_TYPE
from pictures import INDEXED, png
from pictures import RGB as RGB_TYPE

from acncodec.errors import DataError, MissingExtraError
from acncodec.images import DataSource, load_dataset, open_dataset
from acncodec.images.folder import load_folder, open_folder

Image = pytest.importorskip("PIL.Image")

RNG = np.random.default_rng(4)
GREY = RNG.integers(0, 256, (3, 4, 5), dtype=np.uint8)
RGB = RNG.integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
BITS = RNG.integers(0, 2, (3, 4, 5)).astype(bool)


def fill(folder: Path, array: Any, suffix: str) -> None:
    for index, image in enumerate(array):
        options = {"lossless": True} if suffix == ".webp" else {}
        Image.fromarray(image).save(folder / f"{index}{suffix}", **options)


@pytest.mark.parametrize(
    ("array", "suffix"),
    [
        (GREY, ".png"),
        (GREY, ".bmp"),
        (GREY, ".pgm"),
        (GREY, ".TIF"),
        (RGB, ".png"),
        (RGB, ".ppm"),
        (RGB, ".webp"),
        (BITS, ".png"),
        (BITS, ".pbm"),
        (BITS, ".bmp"),
    ],
)
def test_formats(tmp_path: Path, array: Any, suffix: str) -> None:
    fill(tmp_path, array, suffix)
    arrays, warnings = load_folder(tmp_path)
    # Pillow gives every BMP a resolution.
    assert list(arrays)[2:] == (["chunks", "chunks_of"] if suffix == ".bmp" else [])
    assert arrays["x"].dtype == array.dtype
    assert arrays["x"].tobytes() == array.tobytes()
    assert arrays["names"].tolist() == [f"{index}{suffix}" for index in range(3)]
    assert arrays["names"].dtype.kind == "U"
    assert warnings == ()


def test_order_is_that_of_the_names_and_the_rest_is_named(tmp_path: Path) -> None:
    for name, image in zip(("b.png", "a.png", "Å.png"), GREY, strict=True):
        Image.fromarray(image).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "more.txt").write_text("hello")
    arrays, warnings = load_folder(tmp_path)
    assert arrays["names"].tolist() == ["a.png", "b.png", "Å.png"]
    assert np.array_equal(arrays["x"], GREY[[1, 0, 2]])
    assert "2 other entries" in warnings[0]
    assert "'more.txt'" in warnings[0]


def test_the_first_odd_one_is_named(tmp_path: Path) -> None:
    fill(tmp_path, GREY, ".png")
    Image.fromarray(GREY[0, :3]).save(tmp_path / "1.png")
    with pytest.raises(DataError, match=r"'1\.png' is 5 x 3 L, but '0\.png' is 5 x 4 L"):
        load_folder(tmp_path)
    Image.fromarray(RGB[0]).save(tmp_path / "1.png")
    with pytest.raises(DataError, match=r"'1\.png' is 5 x 4 RGB"):
        load_folder(tmp_path)


@pytest.mark.parametrize("name", ["LA", "RGBA", "I;16"])
def test_channels_and_depth_are_those_of_the_files(tmp_path: Path, name: str) -> None:
    # Four rows: pictures have their channels last, though the shape alone does not say so.
    shape = {"LA": (3, 4, 5, 2), "RGBA": (3, 4, 5, 4), "I;16": (3, 4, 5)}[name]
    top = 65_536 if name == "I;16" else 256
    array = RNG.integers(0, top, shape).astype(np.uint16 if top > 256 else np.uint8)
    fill(tmp_path, array, ".png")
    for data in (load_dataset(tmp_path), open_dataset(tmp_path)):
        assert data.shape == (*(shape[3:] or (1,)), 4, 5)
        back = data.spec.to_array(data.take(slice(None)))
        assert back.dtype == array.dtype and np.array_equal(back, array)


def test_deep_colour_is_exact_or_needs_its_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    array = RNG.integers(0, 65_536, (2, 4, 5, 3)).astype(np.uint16)
    for index, image in enumerate(array):
        (tmp_path / f"{index}.png").write_bytes(png(image, 16, RGB_TYPE))
    pytest.importorskip("imagecodecs")
    assert np.array_equal(load_folder(tmp_path)[0]["x"], array)
    monkeypatch.setitem(sys.modules, "imagecodecs", None)
    with pytest.raises(MissingExtraError, match=r"'0\.png'.*needs imagecodecs.*acncodec\[images\]"):
        load_folder(tmp_path)


def test_grey_of_few_bits_keeps_its_levels(tmp_path: Path) -> None:
    array = RNG.integers(0, 16, (3, 4, 5)).astype(np.uint8)
    array[0, 0, 0] = 15
    for index, image in enumerate(array):
        (tmp_path / f"{index}.png").write_bytes(png(image, 4, GREY_TYPE))
    data = load_dataset(tmp_path)
    assert (data.levels, data.warnings) == (16, ())
    assert np.array_equal(data.pixels[:, 0], array)


def test_folders_are_entered_and_links_are_not(tmp_path: Path) -> None:
    for name, image in zip(("b/0.png", "a/x/1.png", "c.png"), GREY, strict=True):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(tmp_path / name)
    (tmp_path / "d.png").symlink_to("c.png")
    (tmp_path / "b/loop").symlink_to(tmp_path)
    for arrays, warnings in (load_folder(tmp_path), loaded(open_dataset(tmp_path))):
        assert arrays["names"].tolist() == ["a/x/1.png", "b/0.png", "c.png"]
        assert np.array_equal(arrays["x"], GREY[[1, 0, 2]])
        assert warnings == (
            "2 links in the folder are not followed, and left out (the first: 'b/loop')",
        )


def loaded(data: DataSource) -> tuple[dict[str, Any], tuple[str, ...]]:
    arrays = {entry.name: entry.array for entry in data.side}
    return {"x": data.spec.to_array(data.take(slice(None))), **arrays}, data.warnings


def test_palettes_and_text_come_as_chunks(tmp_path: Path) -> None:
    indexes = RNG.integers(0, 2, (4, 5)).astype(np.uint8)
    palette = (b"PLTE", RNG.bytes(6))
    for name, more in (("a", []), ("b", [(b"tEXt", b"a\0b")]), ("c", [])):
        (tmp_path / f"{name}.png").write_bytes(png(indexes, 1, INDEXED, [palette, *more]))
    arrays, warnings = load_folder(tmp_path)
    assert warnings == ()
    assert np.array_equal(arrays["x"], np.stack([indexes] * 3))
    assert arrays["modes"].tolist() == ["P;1"] * 3
    assert arrays["chunks_of"].tolist() == [1, 2, 1]
    data = load_dataset(tmp_path)
    assert [entry.name for entry in data.side if not entry.aligned] == ["chunks"]


def test_bytes_of_chunks_are_never_taken_for_rows(tmp_path: Path) -> None:
    # As many pictures as there are bytes of chunks: 8 for each of two chunks, 1 of content.
    image = np.zeros((1, 1), np.uint8)
    for index in range(25):
        chunks = [(b"prIv", b"x")] if not index else []
        (tmp_path / f"{index:02}.png").write_bytes(png(image, 8, GREY_TYPE, chunks))
    for data in (load_dataset(tmp_path), open_dataset(tmp_path)):
        chunks, of = data.side[1:]
        assert len(chunks.array) == data.count == 25
        assert not chunks.aligned and of.aligned


def test_there_is_an_end_to_pictures(tmp_path: Path) -> None:
    (tmp_path / "a.pgm").write_bytes(b"P5 1 1 255\n " * 4)
    assert len(open_folder(tmp_path, max_entries=4).pictures) == 4
    with pytest.raises(DataError, match="more than 3 pictures"):
        open_folder(tmp_path, max_entries=3)


def test_a_picture_that_would_be_dropped_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path, GREY, ".png")
    (tmp_path / "4.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(DataError, match=r"'4\.jpg'.*is JPEG.*JPEG XL"):
        load_folder(tmp_path)


def test_animations_and_broken_files(tmp_path: Path) -> None:
    frames = [Image.fromarray(image) for image in GREY]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(DataError, match="3 pictures"):
        load_folder(tmp_path)
    (tmp_path / "a.gif").write_bytes(b"GIF89a")
    with pytest.raises(DataError, match=r"'a\.gif' cannot be read"):
        load_folder(tmp_path)
    (tmp_path / "a.gif").unlink()
    fill(tmp_path, GREY, ".png")
    data = (tmp_path / "1.png").read_bytes()
    (tmp_path / "1.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match=r"'1\.png' cannot be read"):
        load_folder(tmp_path)


def test_too_much(tmp_path: Path) -> None:
    fill(tmp_path, GREY, ".png")
    with pytest.raises(DataError, match="limit of 59"):
        load_folder(tmp_path, max_bytes=59)


def test_without_pillow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, GREY, ".png")
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingExtraError, match=r"needs Pillow.*pip install 'acncodec\[images\]'"):
        load_folder(tmp_path)
