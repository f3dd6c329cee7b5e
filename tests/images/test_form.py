from __future__ import annotations

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.entries import Entries
from acncodec.images.form import PLAIN, Form
from acncodec.images.spec import ImageSpec
from acncodec.images.splits import Joined, Splits

FULL = Form(Entries("float32", 255), (20,), Splits(0, (Joined(-1, (("a", 0), ("b", 1))),)))


def test_a_plain_form_says_nothing() -> None:
    assert PLAIN.is_plain and PLAIN.to_json() == {}
    array = np.zeros((2, 3, 4), np.uint8)
    assert PLAIN.restore(array) is array


def test_json_and_back() -> None:
    fields = FULL.to_json()
    assert fields == {"d": "float32", "q": 255, "s": [20], "j": [0, [0, ["a", 0], ["b", 1]]]}
    assert Form.from_json(fields) == FULL


def test_entries_then_rows() -> None:
    array = np.arange(40, dtype=np.uint8).reshape(2, 4, 5)
    found = FULL.restore(array)
    assert found.dtype == np.float32 and found.shape == (2, 20)
    assert np.array_equal(found, array.reshape(2, 20).astype(np.float32) / 255)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"s": 4}, "must be a list"),
        ({"s": []}, "1 to 8 axes"),
        ({"s": [1] * 9}, "1 to 8 axes"),
        ({"s": [0]}, "at least 1"),
        ({"s": [True]}, "at least 1"),
        ({"z": 1}, "unknown field 'z'"),
        ({"q": 255}, "unknown type"),
        ({"j": 0}, "splits must be a list"),
    ],
)
def test_malformed(fields: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Form.from_json(fields)


def test_rows_of_another_size() -> None:
    with pytest.raises(DataError, match="no rows"):
        Form(row=(7,)).restore(np.zeros((2, 2, 3), np.uint8))


def test_a_specification_checks_that_its_levels_have_entries() -> None:
    with pytest.raises(DataError, match="bool is no type of numbers"):
        ImageSpec("x", "bool", "nhw", (0, 1), form=Form(Entries("int8")))
    with pytest.raises(DataError, match="has not all of"):
        ImageSpec("x", "uint8", "nhw", (0, 200), form=Form(Entries("int8")))
    with pytest.raises(DataError, match="object with a field"):
        ImageSpec.from_json({"n": "x", "d": "uint8", "l": "nhw", "i": {}})
