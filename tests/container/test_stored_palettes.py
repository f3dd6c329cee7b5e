"""Stored images of few colours: palettes, indexes, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.container.stored import (
    WITH_PALETTES,
    pack_stored,
    section_bytes,
    stored_since,
    unpack_stored,
)
from acncodec.container.stored_costs import stored_costs
from acncodec.container.stored_palettes import (
    MOST_COLOURS,
    WRITTEN_COLOURS,
    from_palettes,
    greatest_length,
    has_palette,
    least_length,
    length_of,
    to_palettes,
)
from acncodec.errors import AcnError, CorruptionError, FormatError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages

RNG = np.random.default_rng(8)
ONE = ImageClass(256, 3, 2, 3)


def drawn(one: ImageClass, count: int, colours: int) -> np.ndarray:
    """Images (n, H, W, C) of so many colours each, of which all occur."""
    pixels = one.height * one.width
    images = np.empty((count, pixels, one.channels), np.uint8)
    for image in images:
        table = RNG.permutation(256)[:colours, None] + np.zeros((1, one.channels), np.int64)
        table[:, -1] = RNG.integers(0, 256, colours)
        image[:] = table[RNG.permutation(np.arange(pixels) % colours)]
    return image_rows(images, one)


def image_rows(images: np.ndarray, one: ImageClass) -> np.ndarray:
    return images.reshape(len(images), one.height, one.width, one.channels)


def as_bytes(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.uint8)


def stored_payload(body: bytes) -> bytes:
    return bytes([20, 5]) + body


@pytest.mark.parametrize("channels", [2, 3, 4])
@pytest.mark.parametrize("colours", [1, 2, WRITTEN_COLOURS, WRITTEN_COLOURS + 1, 256])
def test_images_come_back(channels: int, colours: int) -> None:
    one = ImageClass(256, channels, 16, 20)
    images = np.concatenate([drawn(one, 3, colours), drawn(one, 2, 7)])
    assert has_palette(images[0]) == (colours <= WRITTEN_COLOURS)
    for most in (WRITTEN_COLOURS, MOST_COLOURS):
        raw = to_palettes(images, most)
        assert length_of(as_bytes(raw + b"more"), one, 5) == len(raw)
        assert least_length(one, 5) <= len(raw) <= greatest_length(one, 5)
        assert (from_palettes(as_bytes(raw), one, 5) == images).all()


def test_it_is_what_the_page_says() -> None:
    red, blue = b"\xff\0\0", b"\0\0\xff"
    first = blue + red + red + blue + blue + blue
    noise = bytes(range(18))
    images = as_bytes(first + noise + red * 6).reshape(3, 2, 3, 3)
    said = b"\2\0" + b"\0\0" + b"\1\0" + blue + red + red + bytes([0, 1, 1, 0, 0, 0]) + bytes(6)
    assert to_palettes(images, 3) == said + noise
    assert (from_palettes(as_bytes(said + noise), ONE, 3) == images).all()


def test_sprites_of_many_palettes_take_less_so_and_need_version_6() -> None:
    one = ImageClass(256, 4, 24, 24)
    shapes = RNG.integers(0, 12, (40, 24, 24))
    tables = RNG.integers(0, 256, (120, 12, 4), np.uint8)
    images = np.stack([tables[place][shapes[place % 40]] for place in range(120)])
    block = np.ascontiguousarray(images.transpose(0, 3, 1, 2))
    mixed = MixedImages((one,), {0: block}, np.zeros(120, np.int64))
    payload = pack_stored(mixed)
    assert payload[0] & WITH_PALETTES and stored_since(payload) == 6
    back = unpack_stored(payload, (one,), mixed.counts())
    assert back.keys() == mixed.keys()
    with pytest.raises(FormatError, match="newer than version 5"):
        unpack_stored(payload, (one,), mixed.counts(), 5)
    assert section_bytes(mixed) == pytest.approx(len(payload), rel=0.05)
    # A shape that recurs in other colours costs little more than these.
    costs = stored_costs(list(block), 256)
    assert costs[41:].mean() < 8 * 24 * 24


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (b"\1\0\1", FormatError, "hold"),
        (b"\1\0" + b"\7\0" + bytes(38), FormatError, "a palette of 7 colours"),
        (b"\1\0" + b"\1\1" + bytes(38), FormatError, "a palette of 257 colours"),
        (b"\1\0\1\0" + bytes(6) + bytes(11) + b"\1", CorruptionError, "does not have"),
        (b"\1\0\1\0" + bytes(6) + bytes(13), FormatError, "hold 24 bytes, not 23"),
        (b"\1\0\1\0" + bytes(6) + bytes(11), FormatError, "hold 22 bytes, not 23"),
        (b"\1\0\0\0" + bytes(3) + bytes(6) + bytes(17), FormatError, "hold"),
    ],
)
def test_payloads_that_lie_are_refused(body: bytes, error: type[AcnError], words: str) -> None:
    with pytest.raises(error, match=words):
        unpack_stored(stored_payload(body), (ONE,), ((0, 2),))


def test_only_colour_of_at_most_256_levels_by_pixels_has_palettes() -> None:
    for one in (ImageClass(256, 1, 2, 3), ImageClass(300, 3, 2, 3)):
        with pytest.raises(FormatError, match="share no byte"):
            unpack_stored(bytes([20, 5]) + bytes(one.image_bytes), (one,), ((0, 1),))
    with pytest.raises(FormatError, match="unknown form 16"):
        unpack_stored(bytes([16, 5]) + bytes(20), (ONE,), ((0, 1),))
    with pytest.raises(FormatError, match="share no byte"):  # without the flag
        unpack_stored(bytes([4, 5]) + bytes(18), (ONE,), ((0, 1),))


def test_a_colour_that_is_no_level_is_refused() -> None:
    two = ImageClass(17, 3, 2, 3)
    with pytest.raises(CorruptionError, match="a stored sample of 17"):
        unpack_stored(bytes([20, 5]) + b"\1\0" + b"\0\x11\0" + bytes(6), (two,), ((0, 1),))
