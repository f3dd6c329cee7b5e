from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from acncodec.container.duplicates import (
    find_duplicates,
    pack_counts,
    pack_inverse,
    unpack_counts,
    unpack_inverse,
)
from acncodec.container.squeeze import squeeze
from acncodec.errors import CorruptionError, DataError, FormatError


def images(numbers: list[int]) -> NDArray[np.uint8]:
    return np.array([[[n % 251, n // 251]] for n in numbers], np.uint8).reshape(-1, 1, 2)


def test_numbers_go_by_first_occurrence() -> None:
    first, inverse = find_duplicates(images([7, 3, 7, 9, 3, 3]))
    assert first.tolist() == [0, 1, 3]
    assert inverse.tolist() == [0, 1, 0, 2, 1, 1]
    assert (first.dtype, inverse.dtype) == (np.dtype(np.int64), np.dtype(np.int64))


@settings(deadline=None)
@given(st.lists(st.integers(0, 400), max_size=300))
def test_round_trips(numbers: list[int]) -> None:
    pixels = images(numbers)
    first, inverse = find_duplicates(pixels)
    assert np.array_equal(pixels[first][inverse], pixels)
    assert len(first) == len(set(numbers))
    count, distinct = len(numbers), len(first)
    back = unpack_inverse(pack_inverse(inverse, distinct), count, distinct)
    assert back.dtype == np.int64
    assert np.array_equal(back, inverse)
    counts = np.bincount(inverse, minlength=distinct)
    back = unpack_counts(pack_counts(counts), count, distinct)
    assert back.dtype == np.int64
    assert np.array_equal(back, counts)


@pytest.mark.parametrize(("count", "kinds"), [(70_000, 69_000), (70_000, 300), (70_000, 1), (1, 1)])
def test_large_sets(count: int, kinds: int) -> None:
    rng = np.random.default_rng(6)
    _, inverse = np.unique(rng.integers(0, kinds, count), return_inverse=True)
    # Number by first occurrence.
    order = np.full(inverse.max() + 1, -1)
    distinct = 0
    for number in inverse.tolist():
        if order[number] < 0:
            order[number] = distinct
            distinct += 1
    inverse = order[inverse]
    packed = pack_inverse(inverse, distinct)
    assert np.array_equal(unpack_inverse(packed, count, distinct), inverse)
    counts = np.bincount(inverse)
    assert np.array_equal(unpack_counts(pack_counts(counts), count, distinct), counts)
    assert len(pack_counts(counts)) <= len(packed)


def test_few_duplicates_cost_few_bytes() -> None:
    inverse = np.arange(70_000)
    inverse[50_000] = 17
    inverse[50_001:] -= 1
    assert len(pack_inverse(inverse, 69_999)) == 1 + 4 + 4
    assert len(pack_counts(np.bincount(inverse))) == 1 + 4


def test_no_images() -> None:
    first, inverse = find_duplicates(np.zeros((0, 1, 4, 4), np.uint8))
    assert (first.size, inverse.size) == (0, 0)
    assert unpack_inverse(pack_inverse(inverse, 0), 0, 0).size == 0
    assert unpack_counts(pack_counts(inverse), 0, 0).size == 0


@pytest.mark.parametrize("inverse", [[1, 0], [0, 2], [0, 0], [-1, 0], [0, 1, 2]])
def test_wrong_numbers_are_not_packed(inverse: list[int]) -> None:
    with pytest.raises(DataError):
        pack_inverse(np.array(inverse), 2)
    with pytest.raises(DataError):
        pack_counts(np.array([1, 0]))


# Five images, three distinct: two gaps, then two targets, a byte each.
@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([0, 0, 0, 0], "comes later"),
        ([1, 0, 1, 0], "comes later"),
        ([1, 0, 0, 3], "a value of 3"),
        ([4, 0, 0, 0], "beyond the last"),
        ([3, 1, 0, 0], "beyond the last"),
        ([9, 0, 0, 0], "a value of 9"),
    ],
)
def test_impossible_repeats(raw: list[int], message: str) -> None:
    with pytest.raises(CorruptionError, match=message):
        unpack_inverse(squeeze(bytes(raw)), 5, 3)
    assert unpack_inverse(squeeze(bytes([1, 1, 0, 1])), 5, 3).tolist() == [0, 0, 1, 1, 2]


def test_impossible_counts() -> None:
    assert unpack_counts(squeeze(bytes([1, 1])), 5, 3).tolist() == [1, 2, 2]
    with pytest.raises(CorruptionError, match="beyond the last"):
        unpack_counts(squeeze(bytes([2, 1])), 5, 3)
    with pytest.raises(CorruptionError, match="a value of 3"):
        unpack_counts(squeeze(bytes([3, 0])), 5, 3)
    # More repeats than images: how often each is repeated.
    assert unpack_counts(squeeze(bytes([7, 0])), 9, 2).tolist() == [8, 1]
    with pytest.raises(CorruptionError, match="do not sum to 9"):
        unpack_counts(squeeze(bytes([6, 0])), 9, 2)
    with pytest.raises(CorruptionError, match="a value of 8"):
        unpack_counts(squeeze(bytes([8, 0])), 9, 2)


@pytest.mark.parametrize(("count", "distinct"), [(5, 6), (5, 0), (-1, 0), (1 << 33, 2)])
def test_impossible_sizes(count: int, distinct: int) -> None:
    for unpack in (unpack_inverse, unpack_counts):
        with pytest.raises(FormatError, match="cannot have"):
            unpack(squeeze(b""), count, distinct)


def test_exact_lengths() -> None:
    for unpack, raw in ((unpack_inverse, bytes([1, 1, 0, 1])), (unpack_counts, bytes([1, 1]))):
        for wrong in (raw[:-1], raw + b"\0", b""):
            with pytest.raises(FormatError, match="bytes, not"):
                unpack(squeeze(wrong), 5, 3)
