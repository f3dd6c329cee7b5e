"""How the array of images was given, where it was not of bytes with the images' axes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.entries import Entries
from acncodec.images.splits import Splits

MAX_AXES: Final = 8
_ENTRIES = ("d", "q", "b", "v")


@dataclass(frozen=True)
class Form:
    """What is given back is made of an array of whole numbers, (N, H, W), (N, H, W, C) or
    (N, C, H, W): its entries are replaced, then its rows reshaped, then it is taken apart.

    Attributes:
        entries: what each number stands for; None where it stands for itself.
        row: the shape of an image in the array; None where it is that of the axes.
        splits: which arrays it is made into; None for a single one.

    Raises:
        DataError: a field is out of its range.
    """

    entries: Entries | None = None
    row: tuple[int, ...] | None = None
    splits: Splits | None = None

    def __post_init__(self) -> None:
        if self.row is None:
            return
        if type(self.row) is not tuple or not 1 <= len(self.row) <= MAX_AXES:
            raise DataError(f"the shape of a row has 1 to {MAX_AXES} axes")
        if any(type(axis) is not int or not 1 <= axis < 1 << 32 for axis in self.row):
            raise DataError("the axes of a row must be integers of at least 1")

    @property
    def is_plain(self) -> bool:
        """Whether the array is given back as it is."""
        return self == Form()

    def restore(self, array: NDArray[Any]) -> NDArray[Any]:
        """Entries and rows as they were given, C-contiguous; not taken apart.

        Raises `DataError` where a number stands for no entry, or a row has another size.
        """
        if self.entries is not None:
            array = self.entries.restore(array)
        if self.row is None:
            return array
        if math.prod(self.row) != math.prod(array.shape[1:]):
            raise DataError(f"images of shape {array.shape[1:]} are no rows of shape {self.row}")
        return np.ascontiguousarray(array).reshape(len(array), *self.row)

    def to_json(self) -> dict[str, object]:
        """Plain values, keys as in an archive's header; defaults are left out.

        Those of `Entries.to_json`, `s` row, `j` splits.
        """
        fields: dict[str, object] = {} if self.entries is None else self.entries.to_json()
        if self.row is not None:
            fields["s"] = list(self.row)
        if self.splits is not None:
            fields["j"] = self.splits.to_json()
        return fields

    @classmethod
    def from_json(cls, fields: Mapping[str, object]) -> Self:
        """Undo `to_json`. Raises `DataError` on an unknown or bad field."""
        for key, value in fields.items():
            if value is None:
                raise DataError(f"the field {key!r} of the form is null")
        left = dict(fields)
        entries = {key: left.pop(key) for key in _ENTRIES if key in left}
        row, splits = left.pop("s", None), left.pop("j", None)
        if left:
            raise DataError(f"the form has the unknown field {next(iter(left))!r}")
        if row is not None and not isinstance(row, list):
            raise DataError("the shape of a row must be a list")
        return cls(
            Entries.from_json(entries) if entries else None,
            None if row is None else tuple(row),
            None if splits is None else Splits.from_json(splits),
        )


PLAIN: Final = Form()


def form_from_json(value: object) -> Form:
    """The form in a header's field, `()` where there is none. Raises `DataError` if malformed."""
    if value == ():
        return PLAIN
    if not isinstance(value, dict) or not value:
        raise DataError("the form must be an object with a field")
    return Form.from_json(value)
