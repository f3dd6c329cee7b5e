"""GIF of one picture."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.chunks import PALETTE, SAMPLES, TRANSPARENT
from acncodec.images.formats.gif import read_header
from acncodec.images.formats.picture import read_samples

Image = pytest.importorskip("PIL.Image")
INDEXES = (
    np.random.default_rng(3).permutation(np.arange(512) % 256).astype(np.uint8).reshape(16, 32)
)


def gif(image: Any, **options: Any) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, "GIF", **options)
    file.seek(0)
    return file


def coloured() -> tuple[Any, np.ndarray[Any, Any]]:
    palette = np.random.default_rng(4).integers(0, 256, (256, 3), np.uint8)
    image = Image.fromarray(INDEXES, "P")
    image.putpalette(palette.tobytes())
    return image, palette


def test_grey_is_grey() -> None:
    file = gif(Image.fromarray(INDEXES))
    picture = read_header(file)
    assert (picture.mode.name, picture.chunks) == ("L", ())
    assert np.array_equal(read_samples(file, picture), INDEXES)


def test_indexes_come_with_their_palette() -> None:
    image, palette = coloured()
    file = gif(image, optimize=False, comment=b"hello")
    picture = read_header(file)
    assert picture.mode.name == "P"
    assert picture.chunks == (
        (PALETTE, palette.tobytes()), (b"iTXt", b"Comment\0\0\0\0\0hello"), (SAMPLES, b"")
    )  # fmt: skip
    assert np.array_equal(read_samples(file, picture), INDEXES)


def test_a_transparent_colour_is_kept() -> None:
    image, palette = coloured()
    file = gif(image, optimize=False, transparency=7)
    picture = read_header(file)
    assert picture.chunks[:2] == ((PALETTE, palette.tobytes()), (TRANSPARENT, b"\xff" * 7 + b"\0"))
    assert np.array_equal(read_samples(file, picture), INDEXES)
    file = gif(Image.fromarray(INDEXES), transparency=7)
    picture = read_header(file)
    assert (picture.mode.name, picture.chunks) == ("L", ((TRANSPARENT, b"\0\7"), (SAMPLES, b"")))
    assert np.array_equal(read_samples(file, picture), INDEXES)


def test_several_pictures_are_refused() -> None:
    frames = [Image.fromarray(INDEXES), Image.fromarray(INDEXES[::-1].copy())]
    file = gif(frames[0], save_all=True, append_images=frames[1:])
    with pytest.raises(DataError, match="2 pictures"):
        read_header(file)


def test_a_picture_that_does_not_fill_its_canvas_is_refused() -> None:
    data = bytearray(gif(Image.fromarray(INDEXES)).getvalue())
    data[6] += 1  # the canvas is a pixel wider
    with pytest.raises(DataError, match="does not fill its canvas"):
        read_header(io.BytesIO(data))
