"""Stored images: packed, in the shortest form, and read without trust."""

from __future__ import annotations

import bz2
import lzma
import zlib

import numpy as np
import pytest

from acncodec.container.squeeze import DEFLATE, LZMA, LZMA_FILTERS, STORED
from acncodec.container.stored import (
    BY_PIXELS,
    FREE_ORDER,
    check_inflation,
    in_free_order,
    pack_stored,
    stored_since,
    unpack_stored,
)
from acncodec.container.stored_forms import BZIP2
from acncodec.errors import FormatError, TooLargeError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages

GREY, MASK, DEEP = ImageClass(256, 1, 3, 5), ImageClass(2, 1, 3, 3), ImageClass(300, 2, 4, 1)
RGB, RGBA, RGB16 = (ImageClass(L, C, 9, 8) for L, C in ((256, 3), (256, 4), (60_000, 3)))


def made(*parts: tuple[ImageClass, int], seed: int = 1) -> MixedImages:
    """Random images of ascending classes."""
    rng = np.random.default_rng(seed)
    classes = tuple(one for one, _ in parts)
    blocks = {
        number: rng.integers(0, one.levels, (count, *one.shape)).astype(one.index_dtype)
        for number, (one, count) in enumerate(parts)
    }
    members = np.repeat(np.arange(len(parts)), [count for _, count in parts])
    return MixedImages(classes, blocks, members)


@pytest.mark.parametrize("levels", [2, 3, 4, 5, 16, 17, 255, 256, 257, 65536])
def test_images_of_every_number_of_levels_come_back(levels: int) -> None:
    images = made((ImageClass(levels, 2, 3, 5), 7))
    back = unpack_stored(pack_stored(images), images.classes, images.counts())
    assert back.keys() == images.keys() and back.blocks[0].dtype == images.blocks[0].dtype


def sprites(*parts: tuple[ImageClass, int], seed: int = 2) -> MixedImages:
    """Images of ascending classes whose pixels are of few colours."""
    rng = np.random.default_rng(seed)
    images = made(*parts)
    for number, (one, count) in enumerate(parts):
        colours = rng.integers(0, one.levels, (6, one.channels)).astype(one.index_dtype)
        drawn = colours[rng.integers(0, 6, (count, one.height, one.width))]
        images.blocks[number][:] = drawn.transpose(0, 3, 1, 2)
    return images


KINDS = {"RGB": [RGB], "RGBA": [RGBA], "RGB of 16 bits": [RGB16], "grey": [GREY],
         "several": [MASK, GREY, RGB, RGBA, DEEP, RGB16]}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_few_colours_lie_by_pixels_and_come_back(kind: str) -> None:
    images = sprites(*((one, 40) for one in KINDS[kind]))
    payload = pack_stored(images)
    assert (payload[0] >= BY_PIXELS) == (kind != "grey")
    assert stored_since(payload) == {"grey": 3, "several": 6}.get(kind, 5)
    back = unpack_stored(payload, images.classes, images.counts())
    assert back.keys() == images.keys()
    assert all(back.blocks[number].dtype == block.dtype for number, block in images.blocks.items())


def test_by_pixels_takes_less_than_any_form_by_planes() -> None:
    images = sprites((RGBA, 60))
    planes = b"\1" + images.blocks[0].tobytes()
    assert len(pack_stored(images)) < 0.8 * min(len(form(planes)) for form in STREAMS)


STREAMS = (
    lambda raw: zlib.compress(raw, 9, wbits=-15),
    bz2.compress,
    lambda raw: lzma.compress(raw, lzma.FORMAT_RAW, filters=LZMA_FILTERS),
)


def test_by_pixels_is_what_the_page_says() -> None:
    images = made((MASK, 5), (RGB, 2), (DEEP, 3))
    mask, colour, deep = (images.blocks[n].transpose(0, 2, 3, 1) for n in range(3))
    raw = bytes([8, 1, 1]) + np.packbits(mask).tobytes() + colour.tobytes()
    raw += deep.astype("<u2").tobytes()
    forms = {STORED: raw, DEFLATE: STREAMS[0](raw), BZIP2: STREAMS[1](raw), LZMA: STREAMS[2](raw)}
    for form, packed in forms.items():
        payload = bytes([BY_PIXELS + form]) + packed
        assert unpack_stored(payload, images.classes, images.counts()).keys() == images.keys()
        assert stored_since(payload) == 5 and stored_since(payload[:1]) == 5
        for version in (3, 4):
            with pytest.raises(FormatError, match=f"form {4 + form} .* newer than version"):
                unpack_stored(payload, images.classes, images.counts(), version)


def test_an_order_that_is_not_given_back_is_taken_where_it_is_shorter() -> None:
    rng = np.random.default_rng(3)
    together = made((RGB, 30 * 40))
    bases = rng.integers(0, 256, (30, *RGB.shape), np.uint8)
    together.blocks[0][:] = bases.repeat(40, 0)
    together.blocks[0][:, :, 0, 0] = rng.integers(0, 256, (30 * 40, 3))
    apart = together[rng.permutation(30 * 40)]
    plain, moved = pack_stored(apart), pack_stored(apart, together)
    assert not in_free_order(plain) and stored_since(plain) == 5
    assert in_free_order(moved) and stored_since(moved) == 6 and len(moved) < 0.98 * len(plain)
    assert moved[0] & FREE_ORDER and pack_stored(together, apart) == pack_stored(together)
    back = unpack_stored(moved, apart.classes, apart.counts())
    assert back.keys() == together.keys()
    with pytest.raises(FormatError, match="newer than version 5"):
        unpack_stored(moved, apart.classes, apart.counts(), 5)


def test_classes_lie_one_after_the_other() -> None:
    images = made((MASK, 5), (GREY, 2), (DEEP, 3))
    # Two bytes a sample lie by planes, the lower one first.
    mask, grey, deep = (images.blocks[number].ravel() for number in range(3))
    planes = (deep & 255).astype(np.uint8).tobytes() + (deep >> 8).astype(np.uint8).tobytes()
    by_hand = bytes([STORED, 8, 1, 1]) + np.packbits(mask).tobytes() + grey.tobytes() + planes
    for payload in (pack_stored(images), by_hand):
        back = unpack_stored(payload, images.classes, images.counts())
        assert back.keys() == images.keys()


def test_noise_takes_little_more_than_its_bits() -> None:
    for one, bits in ((ImageClass(2, 1, 5, 5), 1), (ImageClass(5, 1, 9, 9), 3),
                      (ImageClass(100, 1, 9, 9), 7), (ImageClass(600, 1, 9, 9), 10)):  # fmt: skip
        payload = pack_stored(made((one, 400)))
        assert len(payload) <= 400 * one.samples * bits / 8 * 1.01 + 100


def test_repetition_takes_less_and_the_form_says_how() -> None:
    images = made((GREY, 200))
    images.blocks[0][:] = np.arange(15, dtype=np.uint8).reshape(3, 5)
    payload = pack_stored(images)
    assert payload[0] != STORED and len(payload) < 100


RAW_GREY = bytes([1]) + bytes(range(30))
FORMS = {
    STORED: RAW_GREY,
    DEFLATE: zlib.compress(RAW_GREY, wbits=-15),
    LZMA: lzma.compress(RAW_GREY, lzma.FORMAT_RAW, filters=LZMA_FILTERS),
    BZIP2: bz2.compress(RAW_GREY),
}


BOTH = pytest.mark.parametrize("laid", [0, BY_PIXELS])


@BOTH
@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read(form: int, laid: int) -> None:
    back = unpack_stored(bytes([laid + form]) + FORMS[form], (GREY,), ((0, 2),))
    assert back.blocks[0].tobytes() == bytes(range(30))


@BOTH
@pytest.mark.parametrize("form", FORMS)
def test_what_follows_or_lacks_is_refused(form: int, laid: int) -> None:
    packed = bytes([laid + form]) + FORMS[form]
    for wrong in (packed + b"\0", packed[:-1], packed[:2]):
        with pytest.raises(FormatError):
            unpack_stored(wrong, (GREY,), ((0, 2),))
    for count in (1, 3):
        with pytest.raises(FormatError):
            unpack_stored(packed, (GREY,), ((0, count),))


@pytest.mark.parametrize(
    ("payload", "one", "words"),
    [
        (b"", GREY, "empty"),
        (bytes([16]) + RAW_GREY, GREY, "unknown form 16"),
        (bytes([255]) + RAW_GREY, GREY, "unknown form 255"),
        (bytes([4, 8]) + bytes(30), GREY, "share no byte"),
        (bytes([4, 8]) + bytes(2), MASK, "hold 3 bytes, not 4"),
        (bytes([4, 8]) + b"\0\0\1", MASK, "bits are set"),
        (bytes([4, 1]) + bytes([2] * 18), MASK, "sample of 2"),
        (bytes([4, 1]) + bytes([255] * 32), DEEP, "sample of 65535"),
        (bytes([4, 2]) + bytes(32), DEEP, "share no byte"),
        (bytes([0, 8]) + bytes(30), GREY, "share no byte"),
        (bytes([0, 3]) + bytes(6), MASK, "share no byte"),
        (bytes([0, 8]) + bytes(2), MASK, "hold 3 bytes, not 4"),
        (bytes([0, 8]) + b"\0\0\1", MASK, "bits are set"),
        (bytes([0, 1]) + bytes([2] * 18), MASK, "sample of 2"),
        (bytes([0, 1]) + bytes([255] * 32), DEEP, "sample of 65535"),
        (bytes([0, 2]) + bytes(32), DEEP, "share no byte"),
    ],
)
def test_payloads_that_lie_are_refused(payload: bytes, one: ImageClass, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        unpack_stored(payload, (one,), ((0, 2),))


@BOTH
def test_no_more_is_unpacked_than_there_may_be(laid: int) -> None:
    bomb = bytes([laid + BZIP2]) + bz2.compress(bytes(50_000_000))
    assert len(bomb) < 1000
    with pytest.raises(FormatError, match="more than"):
        unpack_stored(bomb, (GREY,), ((0, 2),))


def test_images_too_large_for_their_bytes_are_refused_unread() -> None:
    huge = ImageClass(256, 1, 65535, 65535)
    with pytest.raises(TooLargeError, match="too many"):
        check_inflation(bytes(1000), (huge,), ((0, 1),))
    check_inflation(bytes(10), (GREY,), ((0, 2),))
    check_inflation(None, (GREY,), ())
