"""Estimates of storage sum to what a section takes, and are of the images that they are said of."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from acncodec.mixed import storing
from acncodec.mixed.prices import section_bits, storage_bits
from acncodec.mixed.storing import (
    Packed,
    agreeing,
    estimated,
    pack,
    some_may_have_palettes,
    stored_estimate,
)

RNG = np.random.default_rng(4)
FLAT = np.repeat(RNG.integers(0, 256, (30, 3, 1, 1), np.uint8), 64, 2).reshape(30, 3, 8, 8)
NOISE = RNG.integers(0, 256, (30, 3, 8, 8), np.uint8)


def of(*blocks: np.ndarray) -> MixedImages:
    classes = tuple(ImageClass(256, *block.shape[1:]) for block in blocks)
    members = np.repeat(np.arange(len(blocks)), [len(block) for block in blocks])
    return MixedImages(classes, dict(enumerate(blocks)), members)


def test_estimates_sum_to_what_a_section_takes() -> None:
    images = of(np.concatenate([FLAT, NOISE]))
    bits = stored_estimate(images)
    assert bits.sum() == pytest.approx(section_bits(images))
    assert bits[30:].min() > 5 * bits[:30].max()


def test_estimates_are_of_the_images_whatever_their_places_are() -> None:
    images = of(np.concatenate([FLAT, NOISE]))
    given = estimated(images, np.arange(60))
    assert np.array_equal(given, storage_bits(images))
    places = np.random.default_rng(0).permutation(60)
    moved = estimated(images, places)
    assert moved[30:].min() > 2 * moved[:30].max()
    assert not np.array_equal(moved, given)  # like ones no longer lie side by side


def test_a_section_is_packed_in_the_order_of_the_places() -> None:
    images, near = of(NOISE), np.arange(30) % 2 == 0
    places = np.arange(30)[::-1].copy()
    found = pack(images, near, places)
    assert found.rows.tolist() == list(range(28, -1, -2))
    assert found.bits == section_bits(images[found.rows])


def test_of_many_images_some_stand_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "PACKED_BYTES", 10 * NOISE[0].size)
    images, every = of(NOISE), np.ones(30, bool)
    found = pack(images, every, np.arange(30))
    assert len(found.rows) == 10 and found.rows[0] < 3 and found.rows[-1] > 26
    stored = storage_bits(images)
    together = agreeing(found, every, stored)
    assert together[found.rows].sum() == pytest.approx(found.bits)


def test_only_those_near_agree_with_the_section() -> None:
    near, stored = np.array([True, False, True]), np.array([4.0, 5.0, 6.0])
    assert agreeing(Packed(np.array([0, 2]), 5.0), near, stored).tolist() == [2.0, 5.0, 3.0]


def test_no_image_near_changes_nothing() -> None:
    images, none = of(NOISE), np.zeros(30, bool)
    found = pack(images, none, np.arange(30))
    assert found.bits == 0 and not len(found.rows)
    stored = storage_bits(images)
    assert np.array_equal(agreeing(found, none, stored), stored)


def test_images_of_one_channel_have_no_palettes() -> None:
    assert some_may_have_palettes(of(NOISE)) and not some_may_have_palettes(of(NOISE[:, :1]))
