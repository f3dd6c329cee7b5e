"""A data set of a list of images, whatever their shapes: which levels each of them has."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import SideArray
from acncodec.images.image_class import ImageClass
from acncodec.images.levels import LevelScan
from acncodec.images.mixed import SEVERAL_DTYPES, MixedData, MixedSpec
from acncodec.images.mixed_images import MixedImages
from acncodec.images.spec import MAX_CHANNELS, Levels


def mixed_from_arrays(
    arrays: Sequence[NDArray[Any]],
    *,
    name: str = "x",
    layout: str | None = None,
    groups: Sequence[Hashable] | None = None,
    side: tuple[SideArray, ...] = (),
    position: int = 0,
    warnings: tuple[str, ...] = (),
) -> MixedData:
    """Make a data set of a list of images, whatever their shapes.

    Args:
        arrays: uint8 or uint16 (native), all of one type; (H, W), (H, W, C) or (C, H, W), C = 1..4.
        name: what the images are called among the arrays of the set.
        layout: `nhwc` for (H, W, C), `nchw` for (C, H, W), `nhw` for (H, W) or, where there are
            several channels, (H, W, C). By default `nhw` if some image has two axes, else `nhwc`.
        groups: images of one group have levels in common; by default images of equally many
            channels are one. A group has as many levels as its largest value says; those of its
            images that have one shape and at most two values among them have these two alone.
        side: all other arrays; position: the images' place among them; warnings: for the user.

    Raises:
        DataError: no image, an image of another type or with axes that are none, or arrays that do
            not fit together.
    """
    if not arrays:
        raise DataError("there are no images")
    dtypes = {array.dtype for array in arrays}
    dtype = next((known for known in SEVERAL_DTYPES if dtypes == {np.dtype(known)}), None)
    if dtype is None:
        found = ", ".join(sorted(str(one) for one in dtypes))
        raise DataError(f"images of several shapes are all uint8 or all uint16, not {found}")
    if layout is None:
        layout = "nhw" if any(array.ndim == 2 for array in arrays) else "nhwc"
    images = [_to_chw(array, layout) for array in arrays]
    keys = [image.shape[0] for image in images] if groups is None else list(groups)
    if len(keys) != len(images):
        raise DataError(f"{len(keys)} groups of {len(images)} images")
    kinds = _classes(images, keys)
    classes = tuple(sorted(set(kinds)))
    numbers = {one: number for number, one in enumerate(classes)}
    members = np.array([numbers[kind] for kind in kinds], np.int64)
    blocks = {
        number: _indexes([images[row] for row in np.flatnonzero(members == number)], one)
        for number, one in enumerate(classes)
    }
    return MixedData(
        MixedImages(classes, blocks, members), MixedSpec(name, dtype, layout, position), side,
        sum(array.nbytes for array in arrays), warnings,
    )  # fmt: skip


def _to_chw(array: NDArray[Any], layout: str) -> NDArray[Any]:
    """A view (C, H, W). Raises `DataError` for other axes than the layout has."""
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


def _classes(images: Sequence[NDArray[Any]], groups: Sequence[Hashable]) -> list[ImageClass]:
    """The class of each image (C, H, W)."""
    wholes: dict[Hashable, LevelScan] = {}
    shapes: dict[Hashable, LevelScan] = {}
    for group, image in zip(groups, images, strict=True):
        for scans, key in ((wholes, group), (shapes, (group, image.shape))):
            # Neighbours of a pixel make no difference here: to look at one channel is quicker.
            scans.setdefault(key, LevelScan("nhw")).add(image)
    found = []
    for group, image in zip(groups, images, strict=True):
        values = shapes[group, image.shape].values()
        chosen = values if len(values) == 2 else wholes[group].values()
        channels, height, width = image.shape
        found.append(ImageClass.of((channels, height, width), chosen))
    return found


def _indexes(images: Sequence[NDArray[Any]], one: ImageClass) -> Levels:
    """Level indexes of images (C, H, W) of a class, (n, C, H, W)."""
    block = np.stack(images)
    if one.values:
        return np.ascontiguousarray(block == one.values[1]).view(np.uint8)
    return np.ascontiguousarray(block, dtype=one.index_dtype)
