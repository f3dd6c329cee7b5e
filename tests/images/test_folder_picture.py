"""The pictures of one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.folder import load_folder, open_folder

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(4)
GREY = RNG.integers(0, 256, (3, 4, 5), dtype=np.uint8)
RGB = RNG.integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)


def fill(folder: Path, array: Any, suffix: str) -> None:
    for index, image in enumerate(array):
        Image.fromarray(image).save(folder / f"{index}{suffix}")


def test_each_of_several_pictures_in_a_file_is_one(tmp_path: Path) -> None:
    pages = RNG.integers(0, 256, (11, 4, 5), dtype=np.uint8)
    (tmp_path / "a.pgm").write_bytes(b"".join(b"P5 5 4 255\n" + page.tobytes() for page in pages))
    tifffile = pytest.importorskip("tifffile")
    pytest.importorskip("imagecodecs")
    plain = {"photometric": "minisblack", "metadata": None, "software": False}
    tifffile.imwrite(tmp_path / "b.tif", pages[:2], **plain)
    arrays, _ = load_folder(tmp_path)
    assert np.array_equal(arrays["x"], np.concatenate([pages, pages[:2]]))
    names = arrays["names"].tolist()
    assert (names[0], names[10]) == ("a.pgm/00.pgm", "a.pgm/10.pgm")
    assert names[11:] == ["b.tif/0.png", "b.tif/1.png"]


def test_content_decides_what_a_file_is(tmp_path: Path) -> None:
    fill(tmp_path, GREY, ".png")
    (tmp_path / "0.png").rename(tmp_path / "0")
    (tmp_path / "1.png").rename(tmp_path / "1.gif")
    assert np.array_equal(load_folder(tmp_path)[0]["x"], GREY)
    (tmp_path / "3.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"'3\.png' cannot be read.*unknown content"):
        load_folder(tmp_path)


def test_a_picture_that_changes_meanwhile_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path, GREY, ".png")
    folder = open_folder(tmp_path)
    Image.fromarray(RGB[0]).save(tmp_path / "1.png")
    with pytest.raises(DataError, match=r"'1\.png'.*has changed"):
        folder.read(np.arange(3))
