"""GIF of one picture."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.gif import read_header
from acncodec.images.formats.picture import PALETTE, TEXT, read_samples

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
    assert (picture.channels, picture.lost) == (1, ())
    assert np.array_equal(read_samples(file, picture), INDEXES)


def test_a_palette_is_taken_as_its_colours() -> None:
    image, palette = coloured()
    file = gif(image, optimize=False, comment=b"hello")
    picture = read_header(file)
    assert picture.lost == (PALETTE, TEXT)
    assert np.array_equal(read_samples(file, picture), palette[INDEXES])


def test_a_transparent_colour_becomes_alpha() -> None:
    image, palette = coloured()
    file = gif(image, optimize=False, transparency=7)
    found = read_samples(file, read_header(file))
    assert np.array_equal(found[..., :3], palette[INDEXES])
    assert np.array_equal(found[..., 3] == 0, INDEXES == 7)
    file = gif(Image.fromarray(INDEXES), transparency=7)
    found = read_samples(file, read_header(file))
    assert np.array_equal(found[..., 0], INDEXES)
    assert np.array_equal(found[..., 3], np.where(INDEXES == 7, 0, 255))


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
