"""The greedy tour against a direct transcription of its definition."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.ordering.tour import greedy_tour


def plain_greedy(codes: np.ndarray, start: int) -> list[int]:
    left, tour = set(range(len(codes))) - {start}, [start]
    while left:
        here = codes[tour[-1]]
        tour.append(min(left, key=lambda i: (int(((codes[i] - here) ** 2).sum()), i)))
        left.remove(tour[-1])
    return tour


@pytest.mark.parametrize("spread", [2, 50])
def test_greedy_goes_to_the_nearest_unvisited_and_breaks_ties_low(spread: int) -> None:
    codes = np.random.default_rng(spread).integers(-spread, spread, (700, 3))
    for start in (0, 699):
        assert greedy_tour(codes, start).tolist() == plain_greedy(codes, start)


def test_tiny_sets() -> None:
    assert greedy_tour(np.zeros((0, 4), np.int64)).tolist() == []
    assert greedy_tour(np.zeros((1, 4), np.int64)).tolist() == [0]
    assert greedy_tour(np.array([[0], [9], [1]])).tolist() == [0, 2, 1]
