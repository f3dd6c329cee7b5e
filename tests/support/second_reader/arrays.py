"""Part of `second_reader`: from level indexes to arrays (3, 11.5)."""

from __future__ import annotations

import numpy as np

from second_reader.header import Header
from second_reader.images import DTYPES, Image


def image_array(header: Header, images: list[Image]) -> np.ndarray | list[np.ndarray]:
    """The images as one array in the header's layout, or each as an array of its own."""
    maps = [np.array(kind.values, DTYPES[header.dtype]) for kind in header.kinds]
    arrays = [maps[k][header.kinds[k].indexes(content)] for content, k in images]
    if not header.one_shape:
        return [laid(array, header.layout) for array in arrays]
    shape = header.kinds[0].shape
    pixels = np.array(arrays, DTYPES[header.dtype]).reshape(len(arrays), *shape)
    if header.equal > 1:
        pixels = np.concatenate([pixels[:, :1]] * (header.equal - 1) + [pixels], axis=1)
    if header.layout == "nhw":
        return pixels[:, 0]
    return pixels.transpose(0, 2, 3, 1) if header.layout == "nhwc" else pixels


def laid(array: np.ndarray, layout: str) -> np.ndarray:
    """An image (C, H, W) as it is given back among images of other shapes (3.1)."""
    if layout == "nhw" and len(array) == 1:
        return array[0]
    return array if layout == "nchw" else array.transpose(1, 2, 0)
