"""The format of a picture is told by its first bytes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from pictures import GREY, png

from acncodec.errors import DataError
from acncodec.images.formats.pictures import (
    SUFFIXES,
    find_format,
    is_picture,
    naming_picture,
    read_headers,
)

STARTS = {
    "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR",
    "BMP": b"BM" + bytes(12) + b"\x28\0\0\0",
    "PNM": b"P5\n4 4\n255\n",
    "GIF": b"GIF89a\4\0\4\0",
    "TIFF": b"II*\0\x08\0\0\0",
    "WebP": b"RIFF\4\0\0\0WEBPVP8L",
    "JPEG": b"\xff\xd8\xff\xe0",
}


def test_each_format_begins_in_its_way() -> None:
    for name, start in STARTS.items():
        found = find_format(start)
        assert found is not None and found.name == name
    for start in (b"", b"BM is text", b"Plain text", b"P5", b"II", b"GIF", b"\0\0\x08\3"):
        assert find_format(start) is None


def test_a_file_is_a_picture_by_its_content_or_its_name(tmp_path: Path) -> None:
    for name, content, is_one in (
        ("a", STARTS["PNG"], True), ("a.png", b"", True), ("a.TIFF", b"", True),
        ("a.txt", b"P4 is a kind of PBM", False), ("a.jpg", b"", False), ("b", b"", False),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(content)
        assert is_picture(tmp_path / name) == is_one, name
    assert ".png" in SUFFIXES and ".jpg" not in SUFFIXES


def test_headers_are_read_by_what_a_file_is() -> None:
    pytest.importorskip("PIL.Image")
    samples = np.arange(20, dtype=np.uint8).reshape(4, 5)
    (picture,) = read_headers(io.BytesIO(png(samples, 8, GREY)))
    assert picture.describe() == "5 x 4 L"


@pytest.mark.parametrize(
    ("content", "message"), [(b"text", "unknown content"), (STARTS["GIF"], "."), (b"II*\0", ".")]
)
def test_errors_name_the_file(content: bytes, message: str) -> None:
    pytest.importorskip("PIL.Image")
    expected = f"^'b/a.gif' cannot be read as an image: .*{message}"
    with pytest.raises(DataError, match=expected), naming_picture("b/a.gif"):
        read_headers(io.BytesIO(content))
