"""What a user hears of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.folder import load_folder

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(4)
GREY = RNG.integers(0, 256, (3, 4, 5), dtype=np.uint8)
RGB = RNG.integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)


def fill(folder: Path, array: Any, suffix: str) -> None:
    for index, image in enumerate(array):
        Image.fromarray(image).save(folder / f"{index}{suffix}")


def test_what_does_not_come_back_is_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.pgm").write_bytes(b"P5 #by hand\n1 1 255\n" + name.encode())
    assert load_folder(tmp_path)[1] == ("2 images have text, which is not kept",)


def test_names_that_cannot_be_written_again_are_told_of(tmp_path: Path) -> None:
    for name in ("a.png", "A.png"):
        Image.fromarray(GREY[0]).save(tmp_path / name)
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("a file system where case does not count")
    (warning,) = load_folder(tmp_path)[1]
    assert warning == (
        "'a.png' is the same file as 'A.png' where case does not count: the pictures can come back"
        " as arrays, but not as a folder"
    )


def test_hidden_files_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path, GREY, ".png")
    (tmp_path / "._0.png").write_bytes(b"\0\5\x16\7")
    arrays, warnings = load_folder(tmp_path)
    assert np.array_equal(arrays["x"], GREY)
    assert warnings == (
        "1 other entries of the folder are no images and are left out (the first: '._0.png')",
    )


def test_no_image(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no image"):
        load_folder(tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        load_folder(tmp_path / "missing")
    (tmp_path / "a.bin").touch()
    (tmp_path / "a.png").symlink_to("a.bin")
    with pytest.raises(DataError, match=r"the 1 links in it are not followed; files of CIFAR's"):
        load_folder(tmp_path)
