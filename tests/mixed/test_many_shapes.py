"""What so many shapes cost a file, beside the pixels of the images."""

from __future__ import annotations

import io

import numpy as np
import pytest
from level_sets import tiny_resnet

from acncodec.codec import NATS, CompressOptions
from acncodec.codec.compress_set import compress_set
from acncodec.images import mixed_from_arrays
from acncodec.images.mixed_source import MixedSource

COUNT = 300
BYTES_A_SHAPE = 8


def image(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    found = rng.integers(100, 140, (height, width)).astype(np.uint8)
    found[0, 0] = 255
    return found


def beside_pixels(data: MixedSource, order: str) -> float:
    """Bytes of a file of modelled images that are not their pixels'."""
    file, options = io.BytesIO(), CompressOptions(order, threads=1, stored="never")
    stats = compress_set(data, [tiny_resnet(1)], options, file)
    assert stats.stored_images == 0 and stats.reconstruction_nats_per_image is not None
    return len(file.getvalue()) - stats.reconstruction_nats_per_image * COUNT / NATS / 8


@pytest.mark.parametrize("order", ["keep", "any"])
def test_a_shape_costs_a_few_bytes(order: str) -> None:
    rng = np.random.default_rng(2)
    sides = [(height, width) for height in range(3, 21) for width in range(3, 21)]
    rng.shuffle(sides)
    many = mixed_from_arrays([image(height, width, rng) for height, width in sides[:COUNT]])
    one = mixed_from_arrays([image(9, 9, rng) for _ in range(COUNT)])
    assert len(many.classes) == COUNT and len(one.classes) == 1
    more = beside_pixels(many, order) - beside_pixels(one, order)
    assert 0 < more <= BYTES_A_SHAPE * COUNT
