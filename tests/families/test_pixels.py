"""Pixels of two levels go through the one invertibility check."""

from __future__ import annotations

import numpy as np
import pytest
from invertibility import check_invertibility
from numpy.typing import NDArray

from acncodec.families.pixels import PixelCodec
from acncodec.latents.gaussian_prices import grid_samples
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers


@pytest.mark.parametrize(("threads", "batch"), [(1, 256), (2, 256), (2, 7)])
def test_pixels(
    tiny_model: FrozenModel, images: NDArray[np.uint8], threads: int, batch: int
) -> None:
    z = grid_samples(tiny_model.encoder.codes(images), seed=0)
    with Workers(threads, batch) as workers:
        check_invertibility(PixelCodec(tiny_model.decoder, z, workers), images)
