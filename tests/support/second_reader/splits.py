"""Part of `second_reader`: splits, several arrays whose rows are coded as one (3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from second_reader.fields import check_name, need
from second_reader.side import Side

Place = tuple[str, int]
"""Name and place of an array that is given back."""


@dataclass(frozen=True)
class Splits:
    """Which arrays are joined of which."""

    place: int
    """Of the array that says for each row which split it is of, among all side arrays."""
    joined: dict[int, list[Place | None]]
    """By place of the side array plus one, 0 for the images: what each split has of it."""

    @property
    def count(self) -> int:
        return len(self.joined[0])


def parse_splits(given: list[Any]) -> Splits:
    need(2 <= len(given) <= 4097, "splits: number of lists")
    place, *lists = given
    need(type(place) is int and place >= 0, "splits: place")
    need(all(type(one) is list and 3 <= len(one) <= 256 for one in lists), "splits: a list")
    need(len({len(one) for one in lists}) == 1, "splits: lists of several lengths")
    joined: dict[int, list[Place | None]] = {}
    for t, *splits in lists:
        need(type(t) is int and t >= 0, "splits: an array's place")
        need(t not in joined and t != place + 1, "splits: an array is there twice")
        need((t == 0) == (not joined), "splits: the images come first")
        joined[t] = [parse_place(one) for one in splits]
    need(all(joined[0]), "splits: one without images")
    return Splits(place, joined)


def parse_place(given: Any) -> Place | None:
    need(type(given) is list, "splits: name and place")
    if not given:
        return None
    need([type(one) for one in given] == [str, int] and given[1] >= 0, "splits: name and place")
    check_name(given[0])
    return given[0], given[1]


def apart(splits: Splits, sides: list[Side], images: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """All arrays that are given back, in their places."""
    need(splits.place < len(sides), "splits: no such array")
    label = sides[splits.place].array
    need(label.dtype.str == "|u1" and label.shape == (len(images),), "splits: type or shape")
    need(np.all(label < splits.count), "splits: one that is not there")
    placed: dict[int, tuple[str, np.ndarray]] = {}
    for t, places in splits.joined.items():
        need(t <= len(sides) and (t == 0 or sides[t - 1].aligned), "splits: no aligned array")
        rows = sides[t - 1].array if t else images
        for split, place in enumerate(places):
            if place:
                need(place[1] not in placed, "splits: two arrays in one place")
                placed[place[1]] = place[0], rows[label == split]
    gone = {t - 1 for t in splits.joined} | {splits.place}
    whole = [side for i, side in enumerate(sides) if i not in gone]
    in_order = np.argsort(label, kind="stable")
    others = iter(
        [(side.name, side.array[in_order] if side.aligned else side.array) for side in whole]
    )
    total = len(placed) + len(sides) - len(gone - {-1})
    need(max(placed) < total, "splits: a place that is not there")
    arrays = [placed[i] if i in placed else next(others) for i in range(total)]
    need(len(dict(arrays)) == total, "two arrays of one name")
    return arrays
