"""Nearest neighbours in exact integers: the same on every machine, ties to the lower row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.run.workers import chunks

Ints = NDArray[np.int64]

CHUNK = 4096
QUERIES = 512
"""At once, where all are: their distances to 10,000 others take 41 MB."""


def nearest_rows(points: NDArray[Any], queries: Ints, count: int) -> Ints:
    """The `count` rows nearest to each of the rows `queries` (n,), itself left out.

    points: integers (N, D). Returns int64 (n, count), nearest first (Euclidean). Products are
    exact in float64 as long as squared distances stay below 2^53, which those of codes and
    pixels do by far. Raises `DataError` if there are not that many others.
    """
    if count >= len(points):
        raise DataError(f"{len(points)} images have no {count} neighbours each")
    wanted = points[queries].astype(np.float64)
    distances = np.empty((len(queries), len(points)))
    for rows in chunks(len(points), CHUNK):
        part = points[rows].astype(np.float64)
        distances[:, rows] = (part**2).sum(1) - 2.0 * (wanted @ part.T)
    distances[np.arange(len(queries)), queries] = np.inf
    out: Ints = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return out


def nearest_of_all(points: NDArray[Any], count: int) -> Ints:
    """The `count` rows, or all others if there are fewer, nearest to each row of points (N, D), as
    `nearest_rows`; int64 (N, at most `count`)."""
    wanted = min(count, len(points) - 1)
    every = np.arange(len(points))
    return np.concatenate(
        [nearest_rows(points, every[rows], wanted) for rows in chunks(len(points), QUERIES)]
    )
