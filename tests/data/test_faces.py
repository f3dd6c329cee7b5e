"""Faces: of files of the published form, cut, made small, and divided into their parts."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from acncodec.data.catalogue import CELEBA, DataSource
from acncodec.data.faces import MAX_PICTURE_BYTES, listed, small
from acncodec.data.fetch import fetch
from acncodec.errors import DataError

HEIGHT, WIDTH = 218, 178
PARTITION = "000001.jpg 0\n000002.jpg 0\n000003.jpg 1\n000004.jpg 2\n"


def picture(seed: int) -> bytes:
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (7, 6, 3), np.uint8))
    file = io.BytesIO()
    coarse.resize((WIDTH, HEIGHT)).save(file, "JPEG", quality=95)
    return file.getvalue()


def by_hand(content: bytes) -> NDArray[np.uint8]:
    """The mean colours of the square about the middle, whose pixels are cut in 32x32 for that."""
    whole = np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(float)
    square = whole[(HEIGHT - WIDTH) // 2 :][:WIDTH]
    rows = square.repeat(32, 0).reshape(32, WIDTH, WIDTH, 3).mean(1)
    return rows.repeat(32, 1).reshape(32, 32, WIDTH, 3).mean(2)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        for number in range(1, 5):
            archive.writestr(f"img_align_celeba/{number:06}.jpg", picture(number))
    (folder / "list_eval_partition.txt").write_text(PARTITION)
    return folder


def of(origin: Path) -> DataSource:
    """The data set of these files."""
    files = tuple(
        replace(file, digest="md5:" + hashlib.md5((origin / file.name).read_bytes()).hexdigest())
        for file in CELEBA.files
        if (origin / file.name).exists()
    )
    return replace(CELEBA, files=files if len(files) == 2 else (CELEBA.files[0], *files))


@pytest.mark.parametrize("unpacked", [False, True])
def test_parts_are_made_of_files_of_the_published_form(
    origin: Path, tmp_path: Path, unpacked: bool
) -> None:
    if unpacked:
        with zipfile.ZipFile(origin / "img_align_celeba.zip") as archive:
            archive.extractall(origin)
        (origin / "img_align_celeba.zip").unlink()
    written = fetch(of(origin), tmp_path / "out", origin=origin)
    assert [path.name for path in written.paths] == ["train.npz", "valid.npz", "test.npz"]
    for path, numbers in zip(written.paths, ([1, 2], [3], [4]), strict=True):
        with np.load(path) as arrays:
            x = arrays["x"]
        assert x.shape == (len(numbers), 32, 32, 3) and x.dtype == np.uint8
        for image, number in zip(x, numbers, strict=True):
            assert np.abs(image - by_hand(picture(number))).max() <= 0.5 + 1e-9


def test_without_a_folder_it_says_where_people_get_the_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"to people alone: get img_align_celeba.zip, .*--from"):
        fetch(CELEBA, tmp_path / "out")


def test_lists_and_pictures_that_do_not_fit_are_refused(origin: Path, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("000001.jpg 3\n")
    with pytest.raises(DataError, match="list: line 1 is no picture and its part"):
        listed(tmp_path / "list", 0)
    (tmp_path / "list").write_text("000001.jpg 1\n")
    with pytest.raises(DataError, match="no picture is of part 0"):
        listed(tmp_path / "list", 0)
    (origin / "list_eval_partition.txt").write_text(PARTITION + "000009.jpg 2\n")
    with pytest.raises(DataError, match=r"there is no 000009\.jpg"):
        fetch(of(origin), tmp_path / "out", origin=origin)
    with pytest.raises(DataError, match="a: no whole picture"):
        small(picture(1)[:400], 32, "a")
    with pytest.raises(DataError, match="too small or too large"):
        small(picture(1), 200, "a")
    with zipfile.ZipFile(origin / "img_align_celeba.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("img_align_celeba/000001.jpg", bytes(MAX_PICTURE_BYTES + 1))
    with pytest.raises(DataError, match="too many for a picture"):
        fetch(of(origin), tmp_path / "out", origin=origin)
    assert not list((tmp_path / "out").iterdir())
