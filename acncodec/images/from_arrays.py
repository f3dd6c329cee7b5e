"""A data set of a list of images, whatever their shapes: which levels each of them has."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.class_scan import ClassScan, class_indexes, to_chw
from acncodec.images.dataset import SideArray
from acncodec.images.mixed import SEVERAL_DTYPES, MixedData, MixedSpec
from acncodec.images.mixed_images import MixedImages


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
    images = [to_chw(array, layout) for array in arrays]
    keys = [image.shape[0] for image in images] if groups is None else list(groups)
    if len(keys) != len(images):
        raise DataError(f"{len(keys)} groups of {len(images)} images")
    scan = ClassScan()
    for key, image in zip(keys, images, strict=True):
        scan.add(key, image)
    kinds = [scan.of(key, image.shape) for key, image in zip(keys, images, strict=True)]
    classes = tuple(sorted(set(kinds)))
    numbers = {one: number for number, one in enumerate(classes)}
    members = np.array([numbers[kind] for kind in kinds], np.int64)
    blocks = {
        number: class_indexes(
            np.stack([images[row] for row in np.flatnonzero(members == number)]), one
        )
        for number, one in enumerate(classes)
    }
    return MixedData(
        MixedImages(classes, blocks, members), MixedSpec(name, dtype, layout, position), side,
        sum(array.nbytes for array in arrays), warnings,
    )  # fmt: skip
