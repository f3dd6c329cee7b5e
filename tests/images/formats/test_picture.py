"""A decoder is believed only where it agrees with the file's header."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.picture import Picture, check_size, read_samples

SAMPLES = np.random.default_rng(0).integers(0, 16, (4, 5, 3), np.uint8)
SAMPLES[0, 0, 0] = 15
PICTURE = Picture(4, 5, 3, np.dtype(np.uint8), 15, lambda _file: SAMPLES)


def test_samples_that_agree_are_given() -> None:
    assert np.array_equal(read_samples(io.BytesIO(), PICTURE), SAMPLES)
    deep = SAMPLES.astype(">u2")
    picture = replace(PICTURE, dtype=np.dtype(np.uint16), decode=lambda _file: deep[::-1])
    found = read_samples(io.BytesIO(), picture)
    assert found.dtype.isnative and found.flags.c_contiguous
    assert np.array_equal(found, deep[::-1])


@pytest.mark.parametrize(
    "picture",
    [
        replace(PICTURE, channels=4),
        replace(PICTURE, height=5, width=4),
        replace(PICTURE, dtype=np.dtype(np.uint16)),
        replace(PICTURE, dtype=np.dtype(np.bool_), maximum=1),
    ],
)
def test_samples_of_another_kind_than_the_header_says_are_refused(picture: Picture) -> None:
    with pytest.raises(DataError, match="but the header says"):
        read_samples(io.BytesIO(), picture)


def test_samples_above_their_maximum_are_refused() -> None:
    with pytest.raises(DataError, match="sample of 15, above its maximum of 14"):
        read_samples(io.BytesIO(), replace(PICTURE, maximum=14))


def test_what_a_picture_is_in_words() -> None:
    assert PICTURE.describe() == "5 x 4 RGB/15"
    assert replace(PICTURE, channels=4, maximum=255).describe() == "5 x 4 RGBA"
    assert replace(PICTURE, channels=1, dtype=np.dtype(np.bool_)).describe() == "5 x 4 1"
    assert PICTURE.nbytes == 60 and PICTURE.shape == (4, 5, 3)


def test_a_picture_has_a_pixel() -> None:
    check_size(1, 1)
    for size in ((0, 1), (1, 0), (-1, 1)):
        with pytest.raises(DataError, match="pixels"):
            check_size(*size)
