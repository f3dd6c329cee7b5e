"""Grey images as binary ones: a pixel is 1 with the probability of its share of the maximum."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.images.dataset import DataSet


def binarise(grey: NDArray[Any], seed: int, top: int = 255) -> NDArray[np.uint8]:
    """One static draw of 0s and 1s (uint8): each pixel is 1 with probability intensity / top.

    The procedure of Salakhutdinov and Murray (2008).
    """
    draw: NDArray[np.bool_] = np.random.default_rng(seed).random(grey.shape) < grey / float(top)
    return draw.astype(np.uint8)


def binarised(data: DataSet, seed: int) -> DataSet:
    """The data set with its grey images replaced by one draw; binary ones stay as they are.

    Level L - 1 of L is 1 for certain.
    """
    if data.levels == 2:
        return data
    spec = replace(data.spec, dtype="uint8", values=(0, 1))
    return replace(data, pixels=binarise(data.pixels, seed, data.levels - 1), spec=spec)
