"""Arrays of images as a data set, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.codec import Data
from acncodec.images import DataSet, mixed_from_arrays, recognise

Image = NDArray[Any]
Images = Image | Sequence[Image] | Mapping[str, Image]
"""An array of images, a list of images, or named arrays one of which is the images."""


def data_of(images: Images, layout: str | None = None) -> Data:
    """The data set of some images.

    images: an array (N, H, W), (N, H, W, C) or (N, C, H, W), bool, uint8, uint16 or whatever the
    command line takes; a list of arrays (H, W) or (H, W, C), which need not be of one shape; or
    arrays by name, as those of an .npz. layout: `nhw`, `nhwc` or `nchw`, where the shape does not
    tell. Raises `DataError` where these are no images.
    """
    if isinstance(images, Mapping):
        return recognise({name: np.asarray(array) for name, array in images.items()}, layout=layout)
    if isinstance(images, list | tuple):
        listed = [np.asarray(image) for image in images]
        if len({(image.shape, image.dtype) for image in listed}) != 1:
            return mixed_from_arrays(listed, layout=layout)
        images = np.stack(listed)
    return recognise({"x": np.asarray(images)}, layout=layout)


def images_of(data: Data) -> Image | list[Image]:
    """The images of a data set as they were given; a list where they differ in shape."""
    if isinstance(data, DataSet):
        return data.spec.to_array(data.pixels)
    return data.arrays() if data.is_list else data.array()
