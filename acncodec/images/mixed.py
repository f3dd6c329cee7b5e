"""Data sets whose images differ in shape or levels.

    data = mixed_from_arrays([grey, sprite, photograph], name="x")
    data.arrays()                                    the same list again

An image's *class* is its shape and level map. Images of one class lie in one block, (n, C, H, W),
in the order of the set; `members` says the class of each image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, SideArray, check_names, given_back
from acncodec.images.form import PLAIN, Form
from acncodec.images.image_class import MAX_CLASSES, ImageClass, one_shape
from acncodec.images.mixed_images import MixedImages
from acncodec.images.source import DataSource
from acncodec.images.spec import COLOURS, DTYPES, LAYOUTS, MAX_CHANNELS, ImageSpec, check_name

SEVERAL_DTYPES: Final = ("uint8", "uint16")
"""What images of several shapes may be; all of them are of one type."""


@dataclass(frozen=True)
class MixedSpec:
    """What is needed, beside classes, to give the original images back.

    Attributes:
        name: the images' name among the arrays of the set.
        dtype: as `ImageSpec.dtype` where all images have one shape, else `uint8` or `uint16`.
        layout: the axes. Where shapes differ an image alone has those of `nhwc` and `nchw` without
            the first, and `nhw` stands for (H, W), or (H, W, C) where there are several channels.
        position, replicated, form: as those of `ImageSpec`; the last two need a single shape.
    """

    name: str
    dtype: str
    layout: str
    position: int = 0
    replicated: int = 1
    form: Form = PLAIN

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.dtype not in DTYPES:
            raise DataError(f"the image dtype must be one of {', '.join(DTYPES)}: {self.dtype!r}")
        if self.layout not in LAYOUTS:
            raise DataError(f"the layout must be one of {', '.join(LAYOUTS)}: {self.layout!r}")

    @classmethod
    def like(cls, spec: ImageSpec) -> Self:
        """That of images of one shape, but for their level map."""
        return cls(spec.name, spec.dtype, spec.layout, spec.position, spec.replicated, spec.form)

    @property
    def array_dtype(self) -> str:
        """The name of the dtype that is given back."""
        return self.dtype if self.form.entries is None else self.form.entries.dtype

    def of(self, one: ImageClass) -> ImageSpec:
        """The specification of the images of one class, as an array. Raises `DataError`."""
        layout = self.layout
        if layout == "nhw" and one.channels + self.replicated > 2:
            layout = "nhwc"
        return ImageSpec(
            self.name, self.dtype, layout, tuple(one.map), self.position, self.replicated,
            self.form,
        )  # fmt: skip

    def arrays(self, images: MixedImages) -> list[NDArray[Any]]:
        """Each image as it was, axes as the layout says without the first."""
        found: list[NDArray[Any]] = [np.empty(0)] * len(images)
        for number, rows in images.rows.items():
            block = self.of(images.classes[number]).to_array(images.blocks[number])
            for row, image in zip(rows.tolist(), block, strict=True):
                found[row] = image
        return found

    def array(self, images: MixedImages) -> NDArray[Any]:
        """The same of one or more images of one shape, as one array."""
        found = self.arrays(images)
        return np.stack(found).astype(found[0].dtype)  # NumPy stacks in the native byte order

    def check(self, classes: Sequence[ImageClass]) -> None:
        """Raise `DataError` where such classes cannot come back so."""
        if not 1 <= len(classes) <= MAX_CLASSES:
            raise DataError(f"a set has 1 to {MAX_CLASSES} classes of images, not {len(classes)}")
        if any(after <= before for before, after in pairwise(classes)):
            raise DataError("classes of images must ascend")
        if one_shape(classes):
            if self.layout == "nhw" and classes[0].channels > 1:
                raise DataError(f"images of {classes[0].channels} channels cannot be nhw")
            if self.replicated == COLOURS and classes[0].channels + COLOURS - 1 > MAX_CHANNELS:
                raise DataError(f"more than {MAX_CHANNELS} channels come back")
        elif not self.form.is_plain:
            raise DataError("images of several shapes have no form")
        elif self.replicated != 1:
            raise DataError("channels of images of several shapes stand for themselves alone")
        elif self.dtype not in SEVERAL_DTYPES:
            known = " or ".join(SEVERAL_DTYPES)
            raise DataError(f"images of several shapes are {known}, not {self.dtype}")
        self._check_values(classes)

    def _check_values(self, classes: Sequence[ImageClass]) -> None:
        """The same, of level maps and of rows: without a specification for each class, of which
        there may be very many."""
        plain = self.of(ImageClass(2, *classes[0].shape))
        most = int(np.iinfo(plain.storage).max)
        ends = [(min(one.map[0], one.map[-1]), max(one.map[0], one.map[-1])) for one in classes]
        for one, (low, high) in zip(classes, ends, strict=True):
            if low < 0 or high > most:
                raise DataError(f"the level values of {self.dtype} images must be 0..{most}")
            if self.dtype == "bool" and (low, high) != (0, 1):
                raise DataError("bool images have the levels 0 and 1")
            if not plain.fits(one.shape):
                raise DataError(f"images of {one.shape} are no rows of {self.form.row}")
        if self.form.entries is not None:  # entries ascend, and so do those between two
            highest = [high for _, high in ends]
            for number in (min(highest), max(highest)):
                self.form.entries.check(number)


@dataclass(frozen=True, eq=False)
class MixedData:
    """A data set of images of several classes, and everything that came with it.

    Attributes:
        images: level indexes; every class has an image.
        spec: what gives the original images back.
        side: all other arrays, in their original order; axis 0 of aligned ones runs over images.
        array_bytes: bytes of the images as they lay in memory.
        warnings: what the user should hear about this data set.

    Raises:
        DataError: the parts do not fit together.
    """

    images: MixedImages
    spec: MixedSpec
    side: tuple[SideArray, ...] = ()
    array_bytes: int = 0
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.spec.check(self.images.classes)
        for number, one in enumerate(self.images.classes):
            block = self.images.blocks.get(number)
            if one.is_inverted or block is None or not len(block):
                raise DataError(f"there is no image of class {number}")
            if block.dtype != one.index_dtype or block.shape[1:] != one.shape:
                raise DataError(f"images of class {number} are {block.dtype} {block.shape}")
            if int(block.max()) >= one.levels:
                raise DataError(f"a level index of {block.max()} where there are {one.levels}")
        check_names(self.spec, self.side, self.count)

    @property
    def count(self) -> int:
        """The number of images, N."""
        return len(self.images)

    @property
    def classes(self) -> tuple[ImageClass, ...]:
        """What images there are."""
        return self.images.classes

    @property
    def members(self) -> NDArray[np.int64]:
        """The class of each image, (N,)."""
        return self.images.members

    def take(self, rows: slice | NDArray[np.int64]) -> MixedImages:
        """Some images."""
        return self.images[rows]

    @property
    def raw_bytes(self) -> int:
        """Bytes of the images packed at ceil(log2 levels) bits a sample."""
        return self.images.packed_bytes

    @property
    def is_list(self) -> bool:
        """Whether shapes differ, so that the images are a list of arrays and not one array."""
        return not one_shape(self.images.classes)

    def arrays(self) -> list[NDArray[Any]]:
        """Each image as it was, axes as the layout says without the first."""
        return self.spec.arrays(self.images)

    def named(self) -> dict[str, NDArray[Any] | list[NDArray[Any]]]:
        """All arrays as they were given, by name and in their order; images of several shapes are a
        list."""
        if not self.is_list:
            return dict(given_back(self.spec, self.side, self.array()))
        pairs = [(entry.name, entry.array) for entry in self.side]
        place = self.spec.position
        return dict([*pairs[:place], (self.spec.name, self.arrays()), *pairs[place:]])

    def array(self) -> NDArray[Any]:
        """All images as one array. Raises `DataError` where shapes differ."""
        if self.is_list:
            raise DataError("images of several shapes are no single array")
        return self.spec.array(self.images)


def as_mixed(data: DataSource) -> MixedData:
    """A data set of one shape as one of a single class; all its images are read.

    Raises `DataError` where there is no image.
    """
    one = ImageClass.of(data.shape, data.spec.values)
    images = MixedImages((one,), {0: data.take(slice(None))}, np.zeros(data.count, np.int64))
    return MixedData(images, MixedSpec.like(data.spec), data.side, data.array_bytes, data.warnings)


def as_uniform(data: MixedData) -> DataSet | MixedData:
    """Undo `as_mixed` where there is a single class; else the same."""
    if len(data.images.classes) > 1:
        return data
    spec = data.spec.of(data.images.classes[0])
    return DataSet(data.images.blocks[0], spec, data.side, data.array_bytes, data.warnings)
