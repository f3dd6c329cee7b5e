"""PNGs that are written are read as they were."""

from __future__ import annotations

import io

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.modes import Mode
from acncodec.images.formats.picture import read_samples
from acncodec.images.formats.png import read_header
from acncodec.images.formats.png_writer import encode_png

pytest.importorskip("imagecodecs")
Image = pytest.importorskip("PIL.Image")
NAMES = ["1", "L;2", "L;4", "L", "I;16", "LA", "LA;16", "RGB", "RGB;16", "RGBA", "RGBA;16",
         "P;1", "P;2", "P;4", "P"]  # fmt: skip
SAMPLES = (b"IDAT", b"")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [(1, 1), (5, 13), (70, 90)])
def test_samples_mode_and_chunks_come_back(name: str, size: tuple[int, int]) -> None:
    mode = Mode.parse(name)
    rng = np.random.default_rng(len(name))
    shape = size if mode.channels == 1 else (*size, mode.channels)
    samples = rng.integers(0, mode.maximum + 1, shape).astype(mode.dtype)
    palette = [(b"PLTE", rng.bytes(3 * (mode.maximum + 1)))] if mode.indexed else []
    chunks = (*palette, (b"tEXt", b"a\0b"), SAMPLES, (b"zTXt", b"a\0\0"))
    file = io.BytesIO(encode_png(samples, mode, chunks))
    picture = read_header(file)
    assert (picture.mode, picture.chunks) == (mode, chunks)
    assert np.array_equal(read_samples(file, picture), samples)
    with Image.open(file) as image:
        image.verify()
    assert read_header(io.BytesIO(encode_png(samples, mode, tuple(palette)))).mode == mode


def test_what_no_png_holds_is_refused() -> None:
    grey = np.zeros((2, 3), np.uint8)
    with pytest.raises(DataError, match="mode L/100"):
        encode_png(grey, Mode.parse("L/100"))
    with pytest.raises(DataError, match="no palette"):
        encode_png(grey, Mode.parse("P"), (SAMPLES, (b"PLTE", bytes(3))))
    for name in (b"IHDR", b"IEND", b"IDAT", b"ABCD"):
        with pytest.raises(DataError, match=f"chunk {name!r} cannot stand"):
            encode_png(grey, Mode.parse("L"), (SAMPLES, (name, b"?")))
