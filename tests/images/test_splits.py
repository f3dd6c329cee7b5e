from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.splits import Joined, Splits

IMAGES = Joined(-1, (("x_train", 0), ("x_test", 2)))
LABELS = Joined(0, (("y_train", 1), None))
SPLITS = Splits(1, (IMAGES, LABELS))
LABEL = np.array([0, 1, 0], np.uint8)
SIDE = [("y", np.array([5, 0, 7]), True), ("split", LABEL, True), ("note", np.array("n"), False)]


def test_json_and_back() -> None:
    value = SPLITS.to_json()
    assert value == [1, [0, ["x_train", 0], ["x_test", 2]], [1, ["y_train", 1], []]]
    assert Splits.from_json(value) == SPLITS


def test_arrays_are_taken_apart_by_the_label() -> None:
    SPLITS.check(SIDE)
    ids = np.array([10, 11, 12])
    found = SPLITS.taken_apart([*SIDE, ("ids", ids, True), ("three", ids, False)])
    names = ["x_train", "y_train", "x_test", "note", "ids", "three"]
    assert [name for name, _ in found] == names
    assert [found[0][1], found[2][1]] == [0, 1]
    arrays: list[Any] = [entry for _, entry in found]
    assert arrays[1].tolist() == [5, 7]
    assert arrays[4].tolist() == [10, 12, 11]  # follows the images of the one split, then the other
    assert arrays[5] is ids


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "a list"),
        ([], "a list"),
        ([1], "1 to 4096"),
        ([1, 5], "begins with its place"),
        ([1, [0, ["a", 0]]], "2 to 255 splits"),
        ([1, [0, ["a", 0], []]], "2 to 255 splits"),
        ([1, [1, ["a", 0], ["b", 1]]], "must be the images"),
        ([1, [0, ["a", 0], ["b", 1]], [0, ["c", 2], []]], "no other one"),
        ([1, [0, ["a", 0], ["b", 1]], [2, ["c", 2], []]], "same side array"),
        ([1, [0, ["a", 0], ["b", 1]], [1, ["c", 2]]], "one array a split"),
        ([1, [0, ["a", 0], ["a", 1]]], "same name"),
        ([1, [0, ["a", 0], ["b", 0]]], "same place"),
        ([1, [0, ["a", -1], ["b", 0]]], "at least 0"),
        ([1, [0, ["a", True], ["b", 0]]], "at least 0"),
        ([1, [0, [3, 1], ["b", 0]]], "must be a string"),
        ([1, [0, ["a"], ["b", 0]]], r"\[name, place\]"),
        ([-1, [0, ["a", 0], ["b", 1]]], "integers"),
        (["1", [0, ["a", 0], ["b", 1]]], "integers"),
        ([1, [0.0, ["a", 0], ["b", 1]]], "begins with its place"),
    ],
)
def test_malformed(value: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        Splits.from_json(value)


@pytest.mark.parametrize(
    ("splits", "side", "message"),
    [
        (SPLITS, SIDE[:1], "not there"),
        (SPLITS, [("y", LABEL, False), *SIDE[1:]], "not aligned"),
        (SPLITS, [SIDE[0], ("split", LABEL.astype(int), True)], "int64 of 1 axes"),
        (SPLITS, [SIDE[0], ("split", LABEL[:, None], True)], "uint8 of 2 axes"),
        (SPLITS, [SIDE[0], ("split", LABEL + np.uint8(1), True)], "split 2, and there are 2"),
        (SPLITS, [*SIDE[:2], ("x_test", LABEL, False)], "same name"),
        (Splits(1, (Joined(-1, (("a", 0), ("b", 4))),)), SIDE, "beyond the last"),
    ],
)
def test_side_arrays_that_do_not_fit(splits: Splits, side: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        splits.check(side)
