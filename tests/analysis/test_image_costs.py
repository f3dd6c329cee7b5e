"""Costs of single images: they average to the bound."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.analysis.image_costs import image_costs
from acncodec.analysis.priced import bound_nats
from acncodec.codec import NATS
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel


def test_their_mean_is_the_unordered_bound(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    data = recognise({"x": images[:, 0]})
    bound, _ = bound_nats(data, tiny_model, "iid", "keep", 3, 5)
    costs = image_costs(tiny_model, images, 3, 5)
    assert costs.bits.shape == (len(images),)
    assert costs.bits.mean() * NATS == pytest.approx(bound, rel=1e-6)
    assert (costs.reconstruction_bits > 0).all()
    assert np.array_equal(image_costs(tiny_model, images, 3, 5).bits, costs.bits)
