"""The data set in memory: level indexes, and what gives the original arrays back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError

DTYPES: Final = ("uint8", "bool")
LAYOUTS: Final = ("nhw", "nhwc", "nchw")
CHANNELS: Final = (1, 3)

_MAX_NAME_BYTES = 65_531  # a zip name holds 65,535 bytes; ".npy" takes four


def check_name(name: object) -> None:
    """Refuse a name that no .npz can hold.

    Raises:
        DataError: `name` is no string, too long, not Unicode, or has a NUL in it.
    """
    if not isinstance(name, str):
        raise DataError(f"an array's name must be a string, not {type(name).__name__}")
    try:
        encoded = name.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(f"the array name {name!r} is not valid Unicode") from error
    if len(encoded) > _MAX_NAME_BYTES:
        raise DataError(f"an array's name takes {len(encoded)} bytes, more than {_MAX_NAME_BYTES}")
    if b"\0" in encoded:
        raise DataError(f"the array name {name!r} has a NUL in it")


@dataclass(frozen=True)
class ImageSpec:
    """What is needed, beside the level indexes, to give the original image array back.

    Attributes:
        name: the array's name.
        dtype: `uint8` or `bool`.
        layout: the array's axes: `nhw`, `nhwc` or `nchw`.
        values: the level map: `values[level index]` is the original value; strictly ascending.
        position: the array's place among all arrays of the data set, counted from 0.

    Raises:
        DataError: a field is out of its range.
    """

    name: str
    dtype: str
    layout: str
    values: tuple[int, ...]
    position: int = 0

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.dtype not in DTYPES:
            raise DataError(f"the image dtype must be one of {', '.join(DTYPES)}: {self.dtype!r}")
        if self.layout not in LAYOUTS:
            raise DataError(f"the layout must be one of {', '.join(LAYOUTS)}: {self.layout!r}")
        if type(self.values) is not tuple or any(type(value) is not int for value in self.values):
            raise DataError("the level values must be a tuple of integers")
        ascending = all(a < b for a, b in zip(self.values, self.values[1:], strict=False))
        if len(self.values) < 2 or not ascending or self.values[0] < 0 or self.values[-1] > 255:
            raise DataError("the level values must be 2 to 256 ascending integers of 0..255")
        if self.dtype == "bool" and self.values != (0, 1):
            raise DataError("bool images have the levels 0 and 1")
        if type(self.position) is not int or self.position < 0:
            raise DataError("the image array's position must be an integer of at least 0")

    def to_array(self, pixels: NDArray[np.uint8]) -> NDArray[Any]:
        """Turn level indexes into the original array.

        Args:
            pixels: level indexes, uint8 (N, C, H, W).

        Returns:
            C-contiguous array of `dtype`, its axes as `layout` says; it may share memory
            with `pixels`.

        Raises:
            DataError: `pixels` do not fit this specification.
        """
        check_pixels(pixels, self)
        if self.layout == "nhw":
            moved = pixels[:, 0]
        elif self.layout == "nhwc":
            moved = pixels.transpose(0, 2, 3, 1)
        else:
            moved = pixels
        if self.dtype == "bool":
            return np.ascontiguousarray(moved).astype(np.bool_)
        if self.values == tuple(range(len(self.values))):
            return np.ascontiguousarray(moved)
        mapped: NDArray[np.uint8] = np.array(self.values, dtype=np.uint8)[moved]
        return np.ascontiguousarray(mapped)


def check_pixels(pixels: NDArray[np.uint8], spec: ImageSpec) -> None:
    """Check that `pixels` are level indexes (N, C, H, W) that `spec` describes.

    Raises:
        DataError: they are not.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 4:
        raise DataError(
            f"pixels must be uint8 (N, C, H, W), not {pixels.dtype} of shape {pixels.shape}"
        )
    _, channels, height, width = pixels.shape
    if channels not in CHANNELS or height < 1 or width < 1:
        raise DataError(f"images must be 1 or 3 x H x W, not {channels} x {height} x {width}")
    if spec.layout == "nhw" and channels != 1:
        raise DataError(f"the layout nhw has one channel, not {channels}")
    if pixels.size and int(pixels.max()) >= len(spec.values):
        raise DataError(f"a level index of {pixels.max()} where there are {len(spec.values)}")


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
    """Check that side arrays fit `count` images that `spec` describes.

    Raises:
        DataError: two names are the same, the images' place is not there, or an aligned array has
            another length.
    """
    if spec.position > len(side):
        raise DataError(f"the images cannot be array {spec.position} of {len(side) + 1}")
    names = [spec.name, *(entry.name for entry in side)]
    if len(set(names)) < len(names):
        raise DataError("two arrays have the same name")
    for entry in side:
        if entry.aligned and len(entry.array) != count:
            raise DataError(
                f"the array {entry.name!r} has length {len(entry.array)} and cannot follow"
                f" {count} images"
            )


def packed_bytes(pixels: int, levels: int) -> int:
    """Bytes of so many pixels at ceil(log2 levels) bits each."""
    return ((levels - 1).bit_length() * pixels + 7) // 8


@dataclass(frozen=True, eq=False)
class DataSet:
    """A data set of images and everything that came with it.

    Attributes:
        pixels: level indexes, uint8 (N, C, H, W), C-contiguous.
        spec: what gives the original image array back.
        side: all other arrays, in their original order.
        array_bytes: bytes of the image array as it lay in memory.
        warnings: what the user should hear about this data set.

    Raises:
        DataError: the parts do not fit together.
    """

    pixels: NDArray[np.uint8]
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
        """The shape of an image: (C, H, W)."""
        _, channels, height, width = self.pixels.shape
        return int(channels), int(height), int(width)

    @property
    def raw_bytes(self) -> int:
        """Bytes of the images packed at their levels: ceil(log2 levels) bits a pixel."""
        return packed_bytes(self.pixels.size, self.levels)

    def take(self, rows: slice | NDArray[np.int64]) -> NDArray[np.uint8]:
        """Level indexes of some images, uint8 (n, C, H, W)."""
        return self.pixels[rows]
