"""The data set in memory: level indexes, and all other arrays beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.array_names import check_name
from acncodec.images.form import Form
from acncodec.images.spec import ImageSpec, Levels, check_pixels


@dataclass(frozen=True, eq=False)
class SideArray:
    """An array that is not the images: labels, names, anything.

    Attributes:
        name: the array's name.
        array: any dtype but objects, any shape.
        aligned: whether axis 0 runs over the images, so that it follows them when reordered.

    Raises:
        DataError: the array holds objects, or is aligned and has no axis.
    """

    name: str
    array: NDArray[Any]
    aligned: bool

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.array.dtype.hasobject:
            raise DataError(f"the array {self.name!r} holds objects; nothing is ever unpickled")
        if self.aligned and self.array.ndim == 0:
            raise DataError(f"the array {self.name!r} is a scalar and cannot follow the images")


def check_together(spec: ImageSpec, side: Sequence[SideArray], count: int) -> None:
    """Check that side arrays fit `count` images that `spec` describes. Raises as `check_names`."""
    check_names(spec, side, count)


class Placed(Protocol):
    """What says how an array of images stands among others: an `ImageSpec`, or a `MixedSpec`."""

    @property
    def name(self) -> str:
        """The array's name."""
        ...

    @property
    def position(self) -> int:
        """Its place among all arrays."""
        ...

    @property
    def form(self) -> Form:
        """How it is given back."""
        ...


def check_names(spec: Placed, side: Sequence[SideArray], count: int) -> None:
    """Check that side arrays fit `count` images that `spec` gives name and place.

    Raises:
        DataError: two names are the same, the images' place is not there, an aligned array has
            another length, or splits are not what they should be.
    """
    name, position = spec.name, spec.position
    if position > len(side):
        raise DataError(f"the images cannot be array {position} of {len(side) + 1}")
    names = [name, *(entry.name for entry in side)]
    if len(set(names)) < len(names):
        raise DataError("two arrays have the same name")
    for entry in side:
        if entry.aligned and len(entry.array) != count:
            raise DataError(
                f"the array {entry.name!r} has length {len(entry.array)} and cannot follow"
                f" {count} images"
            )
    if spec.form.splits is not None:
        spec.form.splits.check([(entry.name, entry.array, entry.aligned) for entry in side])


def given_back(
    spec: Placed, side: Sequence[SideArray], images: NDArray[Any]
) -> dict[str, NDArray[Any]]:
    """All arrays as they were given, by name and in order.

    Args:
        spec, side: fit together (`check_together`).
        images: what `spec.to_array` gave for all of them.
    """
    pairs = [(entry.name, entry.array) for entry in side]
    splits = spec.form.splits
    if splits is None:
        return dict([*pairs[: spec.position], (spec.name, images), *pairs[spec.position :]])
    label = side[splits.label].array
    return {
        name: np.ascontiguousarray(images[label == entry]) if isinstance(entry, int) else entry
        for name, entry in splits.taken_apart(
            [(entry.name, entry.array, entry.aligned) for entry in side]
        )
    }


def packed_bytes(samples: int, levels: int) -> int:
    """Bytes of so many samples (a pixel has one a channel) at ceil(log2 levels) bits each."""
    return ((levels - 1).bit_length() * samples + 7) // 8


@dataclass(frozen=True, eq=False)
class DataSet:
    """A data set of images and everything that came with it.

    Attributes:
        pixels: level indexes (N, C, H, W), C-contiguous; uint8, or native uint16 for more than
            256 levels. Equal colour channels are one here (see `ImageSpec.replicated`).
        spec: what gives the original image array back.
        side: all other arrays, in their original order.
        array_bytes: bytes of the image array as it lay in memory.
        warnings: what the user should hear about this data set.

    Raises:
        DataError: the parts do not fit together.
    """

    pixels: Levels
    spec: ImageSpec
    side: tuple[SideArray, ...] = ()
    array_bytes: int = 0
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_pixels(self.pixels, self.spec)
        if not self.pixels.flags.c_contiguous:
            raise DataError("pixels must be C-contiguous")
        check_together(self.spec, self.side, self.count)

    @property
    def count(self) -> int:
        """The number of images, N."""
        return int(self.pixels.shape[0])

    @property
    def levels(self) -> int:
        """The number of levels a pixel may take."""
        return len(self.spec.values)

    @property
    def shape(self) -> tuple[int, int, int]:
        """The shape of an image: (C, H, W), equal colour channels counted once."""
        _, channels, height, width = self.pixels.shape
        return int(channels), int(height), int(width)

    @property
    def raw_bytes(self) -> int:
        """Bytes of the images packed at their levels: ceil(log2 levels) bits a sample, equal colour
        channels once."""
        return packed_bytes(self.pixels.size, self.levels)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All arrays as they were given, by name and in their order."""
        return given_back(self.spec, self.side, self.spec.to_array(self.pixels))

    def take(self, rows: slice | NDArray[np.int64]) -> Levels:
        """Level indexes of some images, (n, C, H, W), of the dtype of `pixels`."""
        return self.pixels[rows]
