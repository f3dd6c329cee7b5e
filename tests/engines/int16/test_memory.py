"""Addresses in compiled loops, and arrays that lie there."""

from __future__ import annotations

import sys

import numpy as np

from acncodec.engines.int16.memory import address, int16s, int32s
from acncodec.run.compiled import compiled


@compiled()
def address_of(values: np.ndarray) -> int:
    return address(values)


@compiled()
def double(place: int, count: int) -> None:
    numbers = int16s(place, count)
    for i in range(len(numbers)):
        numbers[i] *= 2


@compiled()
def total(place: int, count: int) -> int:
    return int32s(place, count).sum()


def test_an_address_is_that_of_the_first_number() -> None:
    values = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    assert address_of(values) == values.ctypes.data
    assert address_of(values[1, 2:]) == values[1, 2:].ctypes.data


def test_what_lies_there_is_read_and_written() -> None:
    values = np.arange(10, dtype=np.int16)
    double(values[3:].ctypes.data, 4)
    assert values.tolist() == [0, 1, 2, 6, 8, 10, 12, 7, 8, 9]
    wide = np.arange(10, dtype=np.int32)
    assert total(wide[2:].ctypes.data, 3) == 2 + 3 + 4


def test_nothing_is_held() -> None:
    values = np.arange(10, dtype=np.int16)
    before = sys.getrefcount(values)
    double(values.ctypes.data, 10)
    assert sys.getrefcount(values) == before
