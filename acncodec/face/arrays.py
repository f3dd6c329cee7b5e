"""Arrays of images as a data set, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.codec import Data
from acncodec.images import DataSet, mixed_from_arrays
from acncodec.images.array_list import list_of_images
from acncodec.images.formats.npz import list_names
from acncodec.images.recognised import recognise

Image = NDArray[Any]
Images = Image | Sequence[Image] | Mapping[str, Image | Sequence[Image]]
"""An array of images, a list of images, or by name arrays, or one list, among which they are."""


def data_of(images: Images, layout: str | None = None) -> Data:
    """The data set of some images.

    images: an array (N, H, W), (N, H, W, C) or (N, C, H, W), bool, uint8, uint16 or whatever the
    command line takes; a list of arrays (H, W) or (H, W, C), which need not be of one shape; or
    arrays by name, as those of an .npz, the images among them an array or such a list. layout:
    `nhw`, `nhwc` or `nchw`, where the shape does not tell.

    Raises `DataError` where these are no images.
    """
    if isinstance(images, Mapping):
        arrays = dict(_named(images))
        return list_of_images(arrays, layout=layout) or recognise(arrays, layout=layout)
    if isinstance(images, list | tuple):
        listed = [np.asarray(image) for image in images]
        if len({(image.shape, image.dtype) for image in listed}) != 1:
            return mixed_from_arrays(listed, layout=layout)
        images = np.stack(listed)
    return recognise({"x": np.asarray(images)}, layout=layout)


def _named(images: Mapping[str, Image | Sequence[Image]]) -> Iterator[tuple[str, Image]]:
    """All arrays by name; of a list of several shapes each is an array of its own."""
    for name, value in images.items():
        parts = [np.asarray(one) for one in value] if isinstance(value, list | tuple) else []
        if len({part.shape for part in parts}) < 2:
            yield name, np.asarray(value)
        else:
            yield from zip(list_names(name, (), len(parts)), parts, strict=True)


def images_of(data: Data) -> Image | list[Image]:
    """The images of a data set as they were given; a list where they differ in shape."""
    if isinstance(data, DataSet):
        return data.spec.to_array(data.pixels)
    return data.arrays() if data.is_list else data.array()
