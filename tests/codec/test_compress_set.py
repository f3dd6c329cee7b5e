"""Which of several models codes a set of one shape, and whether it is rather stored."""

from __future__ import annotations

import io

import numpy as np
import pytest
from level_sets import tiny_resnet
from numpy.typing import NDArray

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compress_set import FEW_BYTES, choose_model, compress_set
from acncodec.images import DataSet, ImageSpec
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel
from acncodec.shards.push import CodedShard


def test_a_model_without_the_ordering_that_is_asked_for_is_not_taken(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    data = DataSet(images, ImageSpec("x", "uint8", "nhw", (0, 1)))
    models = [tiny_resnet(1, 7), tiny_model]
    assert choose_model(data, models, CompressOptions("any", "tour", threads=1)) is tiny_model
    assert choose_model(data, models[:1], CompressOptions("any", "tour", threads=1)) is models[0]
    cheapest = {
        choose_model(data, order, CompressOptions("any", threads=1)).name
        for order in (models, models[::-1])
    }
    assert len(cheapest) == 1


def test_all_may_be_smaller_stored_though_no_image_seems_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (5, 3), np.uint8)[rng.integers(0, 5, (40, 8, 7))]
    data, model = recognise({"x": images}), tiny_resnet(3)
    options = CompressOptions("any", threads=1)
    bits: list[NDArray[np.float64]] = []
    compress_dataset(data, model, options, io.BytesIO(), look=lambda one: bits.append(costs(one)))
    for share, few, stored in ((0.8, 0, 40), (0.6, 0, 0), (0.8, FEW_BYTES, 0)):
        estimated = bits[0] / share
        monkeypatch.setattr("acncodec.codec.compress_set.FEW_BYTES", few)
        monkeypatch.setattr("acncodec.codec.push_jobs.stored_costs", lambda *_, e=estimated: e)
        assert compress_set(data, [model], options, io.BytesIO()).stored_images == stored


def costs(coded: CodedShard) -> NDArray[np.float64]:
    """What each image of a shard cost by its model."""
    assert coded.image_bits is not None
    return coded.image_bits + coded.tally.beside_pixels / coded.header.distinct
