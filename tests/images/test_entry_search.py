from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images import entries as module
from acncodec.images.entries import Entries
from acncodec.images.entry_search import find_entries

RNG = np.random.default_rng(0)
BITS = RNG.integers(0, 2, (5, 3, 4))
GREY = np.arange(240, 300).reshape(5, 3, 4) % 256
GREY32 = GREY.astype(np.float32)


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (BITS.astype(np.float32), Entries("float32")),
        (BITS.astype(">f8"), Entries(">f8")),
        (BITS.astype(np.int64), Entries("int64")),
        (BITS.astype(np.int8) * 2 - 1, Entries("int8", base=-1)),
        (BITS * 2.0 - 1, Entries("float64", base=-1)),
        (GREY32 / 255, Entries("float32", 255)),
        (GREY32 / np.float32(255), Entries("float32", 255)),
        (GREY / 255, Entries("float64", 255)),
        ((GREY / 255).astype(np.float16), Entries("float16", 255)),
        (GREY32, Entries("float32")),
        (GREY * 257 / 65_535, Entries("float64", 255)),
        ((GREY * 256 + 1) / 65_535, Entries("float64", 65_535)),
        (GREY.astype(np.int32) + 70_000, Entries("int32", base=70_000)),
        ((GREY - 128).astype(np.int8), Entries("int8", base=-128)),
        (BITS * 10**15, Entries("int64", table=(0, 10**15))),
        (np.full((2, 3, 3), 2**32 - 1, np.uint32), Entries("uint32", base=2**32 - 2)),
        (np.full((2, 3, 3), -(2**31), np.int32), Entries("int32", base=-(2**31))),
        (np.full((2, 3, 3), 2**31 - 1, np.int32), Entries("int32", base=2**31 - 2)),
        (np.zeros((2, 3, 3), np.float32), Entries("float32")),
        (np.zeros((0, 3, 3), np.int64), Entries("int64")),
        (np.zeros((0, 3, 3)), Entries("float64")),
    ],
)
def test_the_simplest_that_gives_all_back(array: NDArray[Any], wanted: Entries) -> None:
    found = find_entries(array, "it")
    assert found == wanted
    back = found.restore(found.numbers(array))
    assert (back.dtype, back.tobytes()) == (array.dtype, array.tobytes())


@pytest.mark.parametrize(
    "array",
    [
        GREY32 * np.float32(1 / 255),
        (GREY32 / 255 - np.float32(0.1307)) / np.float32(0.3081),
        np.where(BITS, -0.0, 3.5),
        np.full((3, 2, 2), -2.5),
        np.full((3, 2, 2), -0.0),
        np.full((3, 2, 2), 1.0) * 0.3,
    ],
)
def test_few_floats_of_any_value_are_a_table(array: NDArray[Any]) -> None:
    found = find_entries(array, "it")
    assert found.table
    back = found.restore(found.numbers(array))
    assert (back.dtype, back.tobytes()) == (array.dtype, array.tobytes())


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (RNG.random((5, 10, 10)), r"it is float64 of more than 256.*nothing is rounded.*rint"),
        (np.array([[0.0, np.inf]]), "no finite numbers"),
        (np.arange(0, 10**9, 10**6).reshape(10, 10, 10), "from 0 to 999000000.*65,536"),
    ],
)
def test_what_is_refused_says_what_to_do(array: NDArray[Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        find_entries(array, "it")


def test_pieces_are_as_good_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = [GREY / 255, np.where(BITS, -0.0, 3.5), BITS * 10**15]
    whole = [find_entries(array, "it") for array in arrays]
    monkeypatch.setattr(module, "_PIECE", 13)
    for array, wanted in zip(arrays, whole, strict=True):
        assert find_entries(array, "it") == wanted
        assert np.array_equal(wanted.restore(wanted.numbers(array)), array)
