"""Which of several models codes a set of one shape."""

from __future__ import annotations

import numpy as np
from level_sets import tiny_resnet
from numpy.typing import NDArray

from acncodec.codec import CompressOptions
from acncodec.codec.compress_set import choose_model
from acncodec.images import DataSet, ImageSpec
from acncodec.models.frozen import FrozenModel


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
