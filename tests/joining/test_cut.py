from __future__ import annotations

import numpy as np
import pytest
from sets import dataset, labels
from tiny import blobs

from acncodec.codec import CompressOptions
from acncodec.errors import DataError
from acncodec.images import DataSet, SideArray
from acncodec.joining.cut import Share, cut
from acncodec.joining.part import ARRAY, part_among


@pytest.mark.parametrize(
    ("count", "of", "shard_size", "sizes"),
    [
        (50, 3, None, [17, 17, 16]), (6, 3, None, [2, 2, 2]), (5, 1, None, [5]), (0, 1, None, [0]),
        (50, 3, 5, [20, 20, 10]), (50, 2, 5, [25, 25]), (7, 7, None, [1] * 7), (9, 1, 4, [9]),
        (70_000, 14, 5000, [5000] * 14),
    ],
)  # fmt: skip
def test_parts_are_consecutive_and_of_whole_shards(
    count: int, of: int, shard_size: int | None, sizes: list[int]
) -> None:
    rows = [Share(number, of).rows(count, shard_size) for number in range(1, of + 1)]
    assert [len(some) for some in rows] == sizes
    assert [row for some in rows for row in some] == list(range(count))


@pytest.mark.parametrize(
    ("count", "of", "shard_size", "fitting"),
    [(10, 6, None, "5 parts have 2 each"), (3, 4, None, "3 parts"), (20, 4, 7, "3 parts")],
)
def test_an_empty_part_is_refused_for_all_parts_alike(
    count: int, of: int, shard_size: int | None, fitting: str
) -> None:
    for number in range(1, of + 1):
        with pytest.raises(DataError, match=fitting):
            Share(number, of).rows(count, shard_size)
    with pytest.raises(DataError, match=r"0 images cannot be cut into 2 parts alike$"):
        Share(1, 2).rows(0, None)


@pytest.mark.parametrize(("number", "of"), [(0, 3), (4, 3), (1, 0), (1, (1 << 16) + 1)])
def test_a_part_that_there_is_not_is_refused(number: int, of: int) -> None:
    with pytest.raises(DataError):
        Share(number, of)


def test_a_part_says_which_it_is_and_what_was_asked_for() -> None:
    data = dataset(blobs(10, 3), labels(10))
    options = CompressOptions("any", "urn", alpha=3, shard_size=2, part=True)
    found = [cut(data, Share(number, 2), options) for number in (1, 2)]
    parts = [part_among(one.side) for one in found]
    assert all(isinstance(one, DataSet) for one in found)
    assert [one and (one.number, one.of, one.first, one.images) for one in parts] == [
        (1, 2, 0, 10), (2, 2, 6, 10),
    ]  # fmt: skip
    assert parts[0] is not None and parts[1] is not None
    assert parts[0].whole == parts[1].whole and parts[0].options == parts[1].options
    assert parts[0].options == {
        "ordering": "urn", "solver": "improved", "alpha": 3, "shard-size": 2, "stored": "auto",
    }  # fmt: skip


def test_a_part_of_a_part_is_refused() -> None:
    data = dataset(blobs(4, 3), SideArray(ARRAY, np.zeros(2), aligned=False))
    with pytest.raises(DataError, match="the same name"):
        cut(data, Share(1, 2), CompressOptions(part=True))
