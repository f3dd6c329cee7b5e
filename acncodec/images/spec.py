"""What the images of a data set are: levels, type, axes, and how the array is given back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.array_names import check_name as check_name
from acncodec.images.form import PLAIN, Form, form_from_json

DTYPES: Final = ("uint8", "bool", "uint16", ">u2")
"""As NumPy spells them; `uint16` is little-endian, `>u2` big-endian."""
NUMBER_DTYPES: Final = ("uint8", "uint16")
"""What may stand for entries of another type."""
LAYOUTS: Final = ("nhw", "nhwc", "nchw")
MAX_CHANNELS: Final = 4
MAX_LEVELS: Final = 1 << 16
COLOURS: Final = 3
"""Red, green and blue: as many channels may be given back from one."""

Levels = NDArray[Any]
"""Level indexes (N, C, H, W): uint8 for up to 256 levels, else uint16 in native byte order."""


@dataclass(frozen=True)
class ImageSpec:
    """What is needed, beside the level indexes, to give the original image array back.

    Attributes:
        name: the array's name.
        dtype: `uint8`, `bool`, `uint16` (little-endian) or `>u2` (big-endian).
        layout: the array's axes: `nhw`, `nhwc` or `nchw`.
        values: the level map: `values[level index]` is the original value; 2 to 65,536 of them,
            strictly ascending.
        position: the array's place among all arrays of the data set, counted from 0.
        replicated: how many channels of the array the first channel of the level indexes stands
            for: 1, or 3 where red, green and blue are equal everywhere. So grey stored as RGB is
            one channel, and grey with alpha stored as RGBA two.
        form: how the array is given back, where it is not of `dtype` and `layout` as it is.

    Raises:
        DataError: a field is out of its range.
    """

    name: str
    dtype: str
    layout: str
    values: tuple[int, ...]
    position: int = 0
    replicated: int = 1
    form: Form = PLAIN

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.dtype not in DTYPES:
            raise DataError(f"the image dtype must be one of {', '.join(DTYPES)}: {self.dtype!r}")
        if self.layout not in LAYOUTS:
            raise DataError(f"the layout must be one of {', '.join(LAYOUTS)}: {self.layout!r}")
        if type(self.values) is not tuple or any(type(value) is not int for value in self.values):
            raise DataError("the level values must be a tuple of integers")
        highest = int(np.iinfo(self.storage).max)
        ascending = all(a < b for a, b in pairwise(self.values))
        if len(self.values) < 2 or not ascending or self.values[0] < 0:
            raise DataError("the level values must be 2 or more ascending integers")
        if self.values[-1] > highest:
            raise DataError(f"the level values of {self.dtype} images must be 0..{highest}")
        if self.dtype == "bool" and self.values != (0, 1):
            raise DataError("bool images have the levels 0 and 1")
        if type(self.position) is not int or self.position < 0:
            raise DataError("the image array's position must be an integer of at least 0")
        if type(self.replicated) is not int or self.replicated not in (1, COLOURS):
            raise DataError(f"the number of equal channels must be 1 or {COLOURS}")
        if self.replicated > 1 and self.layout == "nhw":
            raise DataError("the layout nhw has no channels that could be equal")
        if self.form.entries is not None:
            if self.dtype not in NUMBER_DTYPES:
                raise DataError(f"{self.dtype} is no type of numbers that stand for entries")
            self.form.entries.check(max(self.values[0], self.values[-1]))

    def fits(self, shape: tuple[int, int, int]) -> bool:
        """Whether images (C, H, W) have as many samples as the rows that they are given back as."""
        row, (channels, height, width) = self.form.row, shape
        samples = (channels + self.replicated - 1) * height * width
        return row is None or math.prod(row) == samples

    @property
    def array_dtype(self) -> str:
        """The name of the dtype that is given back."""
        return self.dtype if self.form.entries is None else self.form.entries.dtype

    @property
    def storage(self) -> np.dtype[Any]:
        """The dtype of the integers that an entry of the original array lies in memory as."""
        return np.dtype("uint8" if self.dtype == "bool" else self.dtype)

    @property
    def is_identity(self) -> bool:
        """Whether the level indexes are the values themselves."""
        return self.values[-1] == len(self.values) - 1

    @property
    def index_dtype(self) -> np.dtype[Any]:
        """The dtype of level indexes: uint8, or native uint16 for more than 256 levels."""
        return np.dtype(np.uint8 if len(self.values) <= 256 else np.uint16)

    def to_json(self) -> dict[str, object]:
        """A dictionary of plain values, keys as in an archive's header; defaults are left out.

        `n` name, `d` dtype, `l` layout, `v` level map (an integer L for 0..L-1; default [0, 1]),
        `a` position (default 0), `r` replicated (default 1), `i` form (`Form.to_json`).
        """
        fields: dict[str, object] = {"n": self.name, "d": self.dtype, "l": self.layout}
        if self.values != (0, 1):
            fields["v"] = len(self.values) if self.is_identity else list(self.values)
        if self.position:
            fields["a"] = self.position
        if self.replicated > 1:
            fields["r"] = self.replicated
        if not self.form.is_plain:
            fields["i"] = self.form.to_json()
        return fields

    @classmethod
    def from_json(cls, fields: Mapping[str, object]) -> Self:
        """Undo `to_json`. Raises `DataError` on a missing, unknown or bad field."""
        if unknown := sorted(set(fields) - set(_JSON_KEYS)):
            raise DataError(f"the images have the unknown field {unknown[0]!r}")
        if missing := [key for key in _JSON_KEYS[:3] if key not in fields]:
            raise DataError(f"the images lack the field {missing[0]!r}")
        values = fields.get("v", [0, 1])
        if type(values) is int:
            if not 2 <= values <= MAX_LEVELS:
                raise DataError(f"the number of levels must be 2 to {MAX_LEVELS}, not {values}")
            values = range(values)
        elif not isinstance(values, list) or len(values) > MAX_LEVELS:
            raise DataError(f"the level values must be a list of at most {MAX_LEVELS} integers")
        name, dtype, layout, position, replicated = (
            fields.get(key, default)
            for key, default in (("n", ""), ("d", ""), ("l", ""), ("a", 0), ("r", 1))
        )
        # Each field's type is checked by the constructor.
        checked: Any = (
            name, dtype, layout, tuple(values), position, replicated,
            form_from_json(fields.get("i", ())),
        )  # fmt: skip
        return cls(*checked)

    def to_array(self, pixels: Levels) -> NDArray[Any]:
        """Turn level indexes into the original array.

        Args:
            pixels: level indexes (N, C, H, W), of `index_dtype`.

        Returns:
            C-contiguous array of `array_dtype`, its axes as `layout` or the form says, of all
            splits; it may share memory with `pixels`.

        Raises:
            DataError: `pixels` do not fit this specification.
        """
        return self.form.restore(self._numbers(pixels))

    def _numbers(self, pixels: Levels) -> NDArray[Any]:
        """The array before its form is given to it."""
        check_pixels(pixels, self)
        if self.replicated > 1:
            channels = [0] * self.replicated + [*range(1, pixels.shape[1])]
            pixels = pixels[:, channels]
        if self.layout == "nhw":
            moved = pixels[:, 0]
        elif self.layout == "nhwc":
            moved = pixels.transpose(0, 2, 3, 1)
        else:
            moved = pixels
        if self.dtype == "bool":
            return np.ascontiguousarray(moved).astype(np.bool_)
        if self.is_identity:
            return np.ascontiguousarray(moved, dtype=self.storage)
        mapped: NDArray[Any] = np.array(self.values, dtype=self.storage)[moved]
        return np.ascontiguousarray(mapped)


_JSON_KEYS = ("n", "d", "l", "v", "a", "r", "i")


def check_pixels(pixels: Levels, spec: ImageSpec) -> None:
    """Check that `pixels` are level indexes (N, C, H, W) that `spec` describes.

    Raises:
        DataError: they are not.
    """
    if pixels.dtype != spec.index_dtype or not pixels.dtype.isnative or pixels.ndim != 4:
        raise DataError(
            f"pixels must be {spec.index_dtype} (N, C, H, W), not {pixels.dtype} of shape"
            f" {pixels.shape}"
        )
    _, channels, height, width = pixels.shape
    if not 1 <= channels <= MAX_CHANNELS - spec.replicated + 1 or height < 1 or width < 1:
        raise DataError(
            f"images must be 1 to {MAX_CHANNELS} x H x W, not {channels} x {height} x {width}"
        )
    if spec.layout == "nhw" and channels != 1:
        raise DataError(f"the layout nhw has one channel, not {channels}")
    if pixels.size and int(pixels.max()) >= len(spec.values):
        raise DataError(f"a level index of {pixels.max()} where there are {len(spec.values)}")
