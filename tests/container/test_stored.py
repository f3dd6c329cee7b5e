"""Stored images: packed, in the shortest form, and read without trust."""

from __future__ import annotations

import bz2
import lzma
import zlib

import numpy as np
import pytest

from acncodec.container.squeeze import DEFLATE, LZMA, LZMA_FILTERS, STORED
from acncodec.container.stored import (
    BZIP2,
    check_inflation,
    pack_samples,
    pack_stored,
    stored_costs,
    unpack_stored,
)
from acncodec.errors import FormatError, TooLargeError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages

GREY, MASK, DEEP = ImageClass(256, 1, 3, 5), ImageClass(2, 1, 3, 3), ImageClass(300, 2, 4, 1)


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


def test_classes_lie_one_after_the_other() -> None:
    images = made((MASK, 5), (GREY, 2), (DEEP, 3))
    # Two bytes a sample lie by planes, the lower one first.
    mask, grey, deep = (images.blocks[number].ravel() for number in range(3))
    planes = (deep & 255).astype(np.uint8).tobytes() + (deep >> 8).astype(np.uint8).tobytes()
    by_hand = bytes([STORED, 8, 1, 1]) + np.packbits(mask).tobytes() + grey.tobytes() + planes
    for payload in (pack_stored(images), by_hand):
        back = unpack_stored(payload, images.classes, images.counts())
        assert back.keys() == images.keys()


def test_samples_share_bytes_from_the_highest_bits_on() -> None:
    assert pack_samples(np.array([1, 0, 1], np.uint8), 8).tolist() == [0b10100000]
    assert pack_samples(np.array([3, 1, 2, 0, 1], np.uint8), 4).tolist() == [0b11011000, 0b01000000]
    assert pack_samples(np.array([10, 3, 15], np.uint8), 2).tolist() == [0xA3, 0xF0]


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


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read(form: int) -> None:
    back = unpack_stored(bytes([form]) + FORMS[form], (GREY,), ((0, 2),))
    assert back.blocks[0].tobytes() == bytes(range(30))


@pytest.mark.parametrize("form", FORMS)
def test_what_follows_or_lacks_is_refused(form: int) -> None:
    packed = bytes([form]) + FORMS[form]
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
        (bytes([4]) + RAW_GREY, GREY, "unknown form 4"),
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


def test_no_more_is_unpacked_than_there_may_be() -> None:
    bomb = bytes([BZIP2]) + bz2.compress(bytes(50_000_000))
    assert len(bomb) < 1000
    with pytest.raises(FormatError, match="more than"):
        unpack_stored(bomb, (GREY,), ((0, 2),))


def test_images_too_large_for_their_bytes_are_refused_unread() -> None:
    huge = ImageClass(256, 1, 65535, 65535)
    with pytest.raises(TooLargeError, match="too many"):
        check_inflation(bytes(1000), (huge,), ((0, 1),))
    check_inflation(bytes(10), (GREY,), ((0, 2),))
    check_inflation(None, (GREY,), ())


def test_costs_are_about_those_of_the_section() -> None:
    rng = np.random.default_rng(4)
    noise = list(rng.integers(0, 2, (60, 1, 28, 28)).astype(np.uint8))
    blank = [np.zeros((1, 28, 28), np.uint8)] * 60
    noisy, flat = stored_costs(noise, 2), stored_costs(blank, 2)
    assert 784 <= noisy.mean() < 1.1 * 784 + 16
    assert flat[1:].mean() < 100 and stored_costs([], 2).shape == (0,)
