"""Arrays of several splits as one set: `x_train` and `x_test` are `x`, and a label says which row
is of which split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.array_names import check_name
from acncodec.images.rows import take_rows

MAX_SPLITS: Final = 255
MAX_JOINED: Final = 1 << 12

Part = tuple[str, int]
"""An array's name, and its place among all arrays that are given back."""


@dataclass(frozen=True)
class Joined:
    """An array whose rows are those of one array a split.

    Attributes:
        place: -1 for the images, else which side array it is, counted from 0.
        parts: for each split its array, or None where that split has no such array; the rows of
            the others are then of no meaning.
    """

    place: int
    parts: tuple[Part | None, ...]


@dataclass(frozen=True)
class Splits:
    """How one set is given back as several arrays.

    Attributes:
        label: which side array says the split of each image: uint8 (N,), aligned.
        joined: the arrays that are taken apart; the first one is the images, of which every split
            has an array. All other arrays but the label are given back whole, in their
            order, in the places that are left, aligned ones with rows in the order of splits.

    Raises:
        DataError: a field is out of its range, or two are at odds.
    """

    label: int
    joined: tuple[Joined, ...]

    def __post_init__(self) -> None:
        if type(self.joined) is not tuple or not 1 <= len(self.joined) <= MAX_JOINED:
            raise DataError(f"splits have 1 to {MAX_JOINED} joined arrays")
        places = [self.label, *(one.place for one in self.joined)]
        if any(type(place) is not int for place in places) or self.label < 0:
            raise DataError("places of splits must be integers")
        if self.joined[0].place != -1 or min(places[2:], default=0) < 0:
            raise DataError("the first joined array must be the images, and no other one")
        if len(set(places)) < len(places):
            raise DataError("two joined arrays are the same side array")
        if not 2 <= self.count <= MAX_SPLITS or None in self.joined[0].parts:
            raise DataError(f"there must be images of 2 to {MAX_SPLITS} splits")
        if any(len(one.parts) != self.count for one in self.joined):
            raise DataError("each joined array must name one array a split, or none")
        parts = [part for one in self.joined for part in one.parts if part is not None]
        for name, place in parts:
            check_name(name)
            if type(place) is not int or place < 0:
                raise DataError("an array's place must be an integer of at least 0")
        if len({name for name, _ in parts}) < len(parts):
            raise DataError("two arrays of splits have the same name")
        if len({place for _, place in parts}) < len(parts):
            raise DataError("two arrays of splits have the same place")

    @property
    def count(self) -> int:
        """The number of splits."""
        return len(self.joined[0].parts)

    @property
    def names(self) -> tuple[str, ...]:
        """The name of each split's image array."""
        return tuple(part[0] for part in self.joined[0].parts if part is not None)

    def check(self, side: Sequence[tuple[str, NDArray[Any], bool]]) -> None:
        """Check that they fit side arrays: (name, array, whether aligned) each.

        Raises:
            DataError: one that is to be taken apart is not there or not aligned, the label is no
                label, a place is beyond the last array, or two arrays would have one name.
        """
        places = [self.label, *(one.place for one in self.joined[1:])]
        if max(places) >= len(side) or not all(side[place][2] for place in places):
            raise DataError("an array of splits is not there, or is not aligned")
        label = side[self.label][1]
        if label.dtype != np.uint8 or label.ndim != 1:
            raise DataError(f"the splits' label is {label.dtype} of {label.ndim} axes")
        if label.size and int(label.max()) >= self.count:
            raise DataError(f"an image is of split {label.max()}, and there are {self.count}")
        parts = [part for one in self.joined for part in one.parts if part is not None]
        others = [name for at, (name, *_) in enumerate(side) if at not in places]
        if max(place for _, place in parts) >= len(parts) + len(others):
            raise DataError("the place of a split's array is beyond the last one")
        if {name for name, _ in parts} & set(others):
            raise DataError("two arrays have the same name")

    def taken_apart(
        self, side: Sequence[tuple[str, NDArray[Any], bool]]
    ) -> list[tuple[str, NDArray[Any] | int]]:
        """All arrays in the order in which they are given back: (name, array), or for those of
        images (name, which split).

        Args:
            side: all side arrays, as `check` has seen them.
        """
        label = side[self.label][1]
        rows = [np.flatnonzero(label == split) for split in range(self.count)]
        placed: dict[int, tuple[str, NDArray[Any] | int]] = {}
        for one in self.joined:
            for split, part in enumerate(one.parts):
                if part is not None:
                    entry = split if one.place < 0 else take_rows(side[one.place][1], rows[split])
                    placed[part[1]] = (part[0], entry)
        hidden = {self.label, *(one.place for one in self.joined[1:])}
        together = np.concatenate(rows)
        others = iter(
            (name, take_rows(array, together) if aligned else array)
            for at, (name, array, aligned) in enumerate(side)
            if at not in hidden
        )
        total = len(placed) + len(side) - len(hidden)
        return [placed[at] if at in placed else next(others) for at in range(total)]

    def to_json(self) -> list[object]:
        """Plain values: the label's place, then for each joined array a list: 0 for the images or
        1 + its place, and for each split [name, place] or an empty list."""
        return [
            self.label,
            *([one.place + 1, *(list(part or ()) for part in one.parts)] for one in self.joined),
        ]

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Undo `to_json`. Raises `DataError` on anything malformed."""
        if not isinstance(value, list) or not value:
            raise DataError("splits must be a list")
        label, *joined = value
        found = []
        for one in joined:
            if not isinstance(one, list) or not one or type(one[0]) is not int:
                raise DataError("a joined array must be a list that begins with its place")
            found.append(Joined(one[0] - 1, tuple(_part(part) for part in one[1:])))
        return cls(label, tuple(found))


def _part(value: object) -> Part | None:
    if not isinstance(value, list) or len(value) not in (0, 2):
        raise DataError("a split's array must be [name, place] or []")
    return (value[0], value[1]) if value else None
