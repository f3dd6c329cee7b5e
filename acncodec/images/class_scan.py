"""Which class each image of a set of several is of, told image by image."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.image_class import ImageClass
from acncodec.images.levels import LevelScan
from acncodec.images.spec import MAX_CHANNELS, Levels


class ClassScan:
    """Looks at images, each of a group whose images have levels in common.

    A group has as many levels as its largest value says; those of its images that have one shape
    and at most two values among them have these two alone.
    """

    def __init__(self) -> None:
        self._wholes: dict[Hashable, LevelScan] = {}
        self._shapes: dict[Hashable, LevelScan] = {}
        self._found: dict[Hashable, ImageClass] = {}

    def add(self, group: Hashable, image: NDArray[Any]) -> None:
        """Look at one more image (C, H, W) of a group."""
        for scans, key in ((self._wholes, group), (self._shapes, (group, image.shape))):
            # Neighbours of a pixel make no difference here: to look at one channel is quicker.
            scans.setdefault(key, LevelScan("nhw")).add(image)

    def of(self, group: Hashable, shape: tuple[int, ...]) -> ImageClass:
        """The class of an image that was seen, when all were."""
        if (group, shape) not in self._found:
            values = self._shapes[group, shape].values()
            chosen = values if len(values) == 2 else self._wholes[group].values()
            channels, height, width = shape
            self._found[group, shape] = ImageClass.of((channels, height, width), chosen)
        return self._found[group, shape]


def to_chw(array: NDArray[Any], layout: str) -> NDArray[Any]:
    """A view (C, H, W) of an image. Raises `DataError` for other axes than the layout has."""
    view = array
    coloured = array.ndim == 3 and array.shape[2] > 1
    if layout == "nhw" and array.ndim == 2:
        view = array[np.newaxis]
    elif (layout == "nhwc" and array.ndim == 3) or (layout == "nhw" and coloured):
        view = array.transpose(2, 0, 1)
    elif layout != "nchw" or array.ndim != 3:
        raise DataError(f"an image of shape {array.shape} among images laid out as {layout}")
    if not 1 <= view.shape[0] <= MAX_CHANNELS or not view.size:
        raise DataError(f"an image of shape {array.shape}: it has 1 to {MAX_CHANNELS} channels")
    return view


def class_indexes(image: NDArray[Any], one: ImageClass) -> Levels:
    """Level indexes of images (..., C, H, W) of a class."""
    if one.values:
        return np.ascontiguousarray(image == one.values[1]).view(np.uint8)
    return np.ascontiguousarray(image, dtype=one.index_dtype)
