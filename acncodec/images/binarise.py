"""Grey images as binary ones: a pixel of intensity g is 1 with probability g / 255."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from acncodec.images.dataset import DataSet


def binarise(grey: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """One static draw of 0s and 1s (uint8): each pixel is 1 with probability intensity / 255.

    The procedure of Salakhutdinov and Murray (2008).
    """
    draw: NDArray[np.bool_] = np.random.default_rng(seed).random(grey.shape) < grey / 255.0
    return draw.astype(np.uint8)


def binarised(data: DataSet, seed: int) -> DataSet:
    """The data set with its grey images replaced by one draw; binary ones stay as they are."""
    if data.levels == 2:
        return data
    intensities = np.array(data.spec.values, np.uint8)[data.pixels]
    spec = replace(data.spec, dtype="uint8", values=(0, 1))
    return replace(data, pixels=binarise(intensities, seed), spec=spec)
