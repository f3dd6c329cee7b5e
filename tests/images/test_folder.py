from __future__ import annotations

import builtins
import struct
import zlib
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
    assert list(arrays) == ["x", "names"]
    assert arrays["x"].dtype == array.dtype
    assert arrays["x"].tobytes() == array.tobytes()
    assert arrays["names"].tolist() == [f"{index}{suffix}" for index in range(3)]
    assert arrays["names"].dtype.kind == "U"
    assert warnings == ()


def test_order_is_that_of_the_names_and_the_rest_is_named(tmp_path: Path) -> None:
    for name, image in zip(("b.png", "a.png", "Å.png"), GREY, strict=True):
        Image.fromarray(image).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "sub.png").mkdir()
    arrays, warnings = load_folder(tmp_path)
    assert arrays["names"].tolist() == ["a.png", "b.png", "Å.png"]
    assert np.array_equal(arrays["x"], GREY[[1, 0, 2]])
    assert "2 other entries" in warnings[0]
    assert "'notes.txt'" in warnings[0]


def test_the_first_odd_one_is_named(tmp_path: Path) -> None:
    fill(tmp_path, GREY, ".png")
    Image.fromarray(GREY[0, :3]).save(tmp_path / "1.png")
    with pytest.raises(DataError, match=r"'1\.png' is 5 x 3 L, but '0\.png' is 5 x 4 L"):
        load_folder(tmp_path)
    Image.fromarray(RGB[0]).save(tmp_path / "1.png")
    with pytest.raises(DataError, match=r"'1\.png' is 5 x 4 RGB"):
        load_folder(tmp_path)


def test_no_image(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no image"):
        load_folder(tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        load_folder(tmp_path / "missing")


@pytest.mark.parametrize("mode", ["P", "RGBA", "LA", "I;16"])
def test_modes_that_are_refused(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (5, 4)).save(tmp_path / "a.png")
    with pytest.raises(DataError, match=r"'a\.png' has"):
        load_folder(tmp_path)


def test_deep_colour_is_refused_not_rounded(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" + bytes(range(12))))
    png = b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(png)
    with pytest.raises(DataError, match="more than 8 bits"):
        load_folder(tmp_path)
    (tmp_path / "a.png").unlink()
    (tmp_path / "a.ppm").write_bytes(b"P6 2 1 65535\n" + bytes(range(12)))
    with pytest.raises(DataError, match="more than 8 bits"):
        load_folder(tmp_path)


def test_animations_and_broken_files(tmp_path: Path) -> None:
    frames = [Image.fromarray(image) for image in GREY]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    with pytest.raises(DataError, match="3 images"):
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
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("PIL"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(DataError, match="pip install"):
        load_folder(tmp_path)
