"""Exact nearest neighbours, against distances spelled out."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.analysis import nearest
from acncodec.analysis.nearest import nearest_of_all, nearest_rows
from acncodec.errors import DataError


def test_nearest_rows_are_those_of_sorted_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(0).integers(-30, 30, (200, 3))
    queries = np.array([0, 7, 199])
    distances = ((points[queries][:, None] - points[None]) ** 2).sum(2)
    distances[np.arange(3), queries] = np.iinfo(np.int64).max
    expected = np.argsort(distances, axis=1, kind="stable")[:, :11]
    assert np.array_equal(nearest_rows(points, queries, 11), expected)
    monkeypatch.setattr(nearest, "CHUNK", 13)
    assert np.array_equal(nearest_rows(points, queries, 11), expected)


def test_ties_go_to_the_lower_row_and_never_to_the_query() -> None:
    points = np.array([[5], [0], [5], [5], [6]], np.uint8)
    assert nearest_rows(points, np.array([2]), 4).tolist() == [[0, 3, 4, 1]]


def test_too_few_images() -> None:
    with pytest.raises(DataError, match="3 images have no 3 neighbours each"):
        nearest_rows(np.zeros((3, 2), np.int64), np.array([0]), 3)


def test_nearest_of_all_are_those_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(1).integers(0, 9, (50, 2))
    monkeypatch.setattr(nearest, "QUERIES", 7)
    expected = [nearest_rows(points, np.array([row]), 4)[0] for row in range(50)]
    assert np.array_equal(nearest_of_all(points, 4), expected)


def test_nearest_of_all_are_all_others_where_there_are_fewer() -> None:
    assert nearest_of_all(np.array([[0], [4], [1]]), 8).tolist() == [[2, 1], [2, 0], [0, 1]]
    assert nearest_of_all(np.array([[0]]), 8).shape == (1, 0)
