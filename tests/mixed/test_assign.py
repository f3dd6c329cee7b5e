"""What becomes of images where the estimate of their storage and the section itself differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import numpy as np
import pytest
from level_sets import tiny_resnet

from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from acncodec.mixed.assign import NEAR, assign
from acncodec.mixed.prices import Floats, section_bits, storage_bits
from acncodec.mixed.push import STORED
from acncodec.run.workers import Workers

MODEL = tiny_resnet(3)
RNG = np.random.default_rng(6)
NOISE = RNG.integers(0, 256, (60, 3, 24, 24), np.uint8)
TILES = RNG.integers(0, 256, (200, 3, 12, 12), np.uint8)


def tiled() -> MixedImages:
    """Images of four tiles each, of which most are there again, but far away."""
    drawn = TILES[RNG.permuted(np.tile(np.arange(200), (4, 1)), axis=1).reshape(-1, 2, 2)]
    return of(drawn.transpose(0, 3, 1, 4, 2, 5).reshape(-1, 3, 24, 24))


def of(block: np.ndarray) -> MixedImages:
    block = np.ascontiguousarray(block)
    return MixedImages((ImageClass(256, 3, 24, 24),), {0: block}, np.zeros(len(block), np.int64))


def priced_at(share: float) -> Callable[..., Floats]:
    """A model that costs such a share of the estimate."""
    return lambda _model, images, _workers: share * storage_bits(images)


def stored_share(images: MixedImages) -> float:
    with Workers(1, 64) as workers:
        found = assign(images, [MODEL], workers, keep=True, slow=True)
    return float((found.assignment.bins == STORED).mean())


def test_a_section_sees_what_is_far_apart_and_the_estimate_does_not() -> None:
    images = tiled()
    assert section_bits(images) < 0.6 * storage_bits(images).sum()
    assert section_bits(of(NOISE)) == pytest.approx(storage_bits(of(NOISE)).sum(), rel=0.02)


@pytest.mark.parametrize("share", [0.75, 0.95])
def test_what_a_section_holds_in_fewer_bits_is_stored(
    share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("acncodec.mixed.assign.modelled_bits", priced_at(share))
    assert share > NEAR and stored_share(tiled()) == 1.0
    assert stored_share(of(NOISE)) == 0.0


def test_no_section_is_packed_where_the_model_saves_much(monkeypatch: pytest.MonkeyPatch) -> None:
    def packed(_images: MixedImages) -> NoReturn:
        raise AssertionError("a section is packed")

    monkeypatch.setattr("acncodec.mixed.storing.section_bits", packed)
    monkeypatch.setattr("acncodec.mixed.assign.modelled_bits", priced_at(0.6))
    assert stored_share(tiled()) == 0.0
    monkeypatch.setattr("acncodec.mixed.assign.modelled_bits", priced_at(0.95))
    with pytest.raises(AssertionError, match="a section is packed"):
        stored_share(tiled())


def test_of_many_images_some_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def packed(images: MixedImages) -> float:
        seen.append(len(images))
        return section_bits(images)

    monkeypatch.setattr("acncodec.mixed.storing.section_bits", packed)
    monkeypatch.setattr("acncodec.mixed.assign.modelled_bits", priced_at(0.95))
    monkeypatch.setattr("acncodec.mixed.storing.PACKED_BYTES", 100 * 3 * 24 * 24)
    assert stored_share(tiled()) == 1.0 and seen[0] == 100
