from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.container.runs import pack_runs, unpack_runs
from acncodec.errors import FormatError


def test_a_ramp_and_a_plateau() -> None:
    sizes = (1, 2, 5, 11, *[500] * 20, 17)
    assert pack_runs(sizes) == [1, 2, 5, 11, [500, 20], 17]
    assert unpack_runs(pack_runs(sizes), sum(sizes), 25) == sizes
    assert pack_runs(()) == []
    assert unpack_runs([], 0, 0) == ()


@settings(deadline=None)
@given(st.lists(st.integers(1, 3)).map(tuple))
def test_round_trip(sizes: tuple[int, ...]) -> None:
    assert unpack_runs(pack_runs(sizes), sum(sizes), len(sizes) + 1) == sizes


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ("12", "must be a list"),
        ([0], "1 to 10"),
        ([-1], "1 to 10"),
        ([True], "must be an integer"),
        ([5.0], "must be an integer"),
        ([[5]], r"\[size, repeats\]"),
        ([[5, 2, 1]], r"\[size, repeats\]"),
        ([[5, 1]], "2 to 8"),
        ([[1, 10**12]], "2 to 8"),
        ([[1, 8], [1, 2]], "10 batches, more than 8"),
        ([5, 4], "sum to 9, not 10"),
        ([[5, 3]], "sum to 15, not 10"),
    ],
)
def test_malformed(runs: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        unpack_runs(runs, 10, 8)
