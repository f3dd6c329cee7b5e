"""JPEG: refused, or the pixels of one decoder."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images import load_folder
from acncodec.images.formats.chunks import SAMPLES
from acncodec.images.formats.jpeg import read_headers
from acncodec.images.formats.picture import read_samples

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(3)


def jpeg(mode: str, **options: Any) -> io.BytesIO:
    shape = (9, 17) if mode == "L" else (9, 17, len(mode))
    file = io.BytesIO()
    Image.fromarray(RNG.integers(0, 256, shape, np.uint8), mode).save(file, "JPEG", **options)
    file.seek(0)
    return file


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_pixels_are_taken_only_where_they_are_wanted(mode: str) -> None:
    file = jpeg(mode)
    with pytest.raises(DataError, match=r"is JPEG.*JPEG XL packs such files.*--decode-jpeg"):
        read_headers(file, False)
    (picture,) = read_headers(file, True)
    assert picture.lossy and picture.describe() == f"17 x 9 {mode}"
    with Image.open(file) as image:
        assert np.array_equal(read_samples(file, picture), np.asarray(image))


def test_what_is_beside_the_pixels_is_kept() -> None:
    exif = b"MM\0*\0\0\0\x08\0\0\0\0\0\0"
    file = jpeg("L", icc_profile=b"profile", exif=b"Exif\0\0" + exif, comment=b"hi", xmp=b"<x/>")
    (icc, profile), *others = read_headers(file, True)[0].chunks
    assert icc == b"iCCP" and zlib.decompress(profile[13:]) == b"profile"
    assert others == [
        (b"eXIf", exif), (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x/>"),
        (b"iTXt", b"Comment\0\0\0\0\0hi"), (SAMPLES, b""),
    ]  # fmt: skip


def test_other_colours_are_refused() -> None:
    with pytest.raises(DataError, match="JPEG of mode CMYK"):
        read_headers(jpeg("CMYK"), True)


def test_a_folder_says_what_it_takes(tmp_path: Path) -> None:
    data = jpeg("RGB").getvalue()
    (tmp_path / "a.jpg").write_bytes(data)
    with pytest.raises(DataError, match=r"'a\.jpg' cannot be read as an image: is JPEG"):
        load_folder(tmp_path)
    arrays, warnings = load_folder(tmp_path, lossy=True)
    assert arrays["x"].shape == (1, 9, 17, 3)
    (warning,) = warnings
    assert warning == (
        f"of 1 lossy files ({len(data):,} bytes) the pixels alone are kept (459 bytes unpacked), as"
        " this machine decodes them; the files do not come back"
    )
