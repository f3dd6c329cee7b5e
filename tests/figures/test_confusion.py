"""Confusion matrices: PNGs that change with what they show, and are legible or refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from acncodec.analysis.confusion import Confusion
from acncodec.errors import DataError
from acncodec.figures.confusion import Named, confusion_matrices


def named(name: str, counts: NDArray[np.int64]) -> Named:
    classes = tuple(map(str, range(len(counts))))
    return Named(name, Confusion(classes, tuple(map(tuple, counts.tolist()))))


def pixels(*found: Named) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(confusion_matrices(found, "title", ("note",)))) as image:
        assert "Software" not in image.info
        return np.asarray(image.convert("L"))


def test_the_same_counts_give_the_same_picture() -> None:
    counts = np.eye(4, dtype=np.int64) * 9 + 1
    page = pixels(named("a", counts))
    assert np.array_equal(page, pixels(named("a", counts)))
    other = counts.copy()
    other[0, 1] = 5
    assert not np.array_equal(page, pixels(named("a", other)))


def test_four_matrices_take_two_rows() -> None:
    counts = np.eye(4, dtype=np.int64)
    one, three, four = (pixels(*[named("a", counts)] * n) for n in (1, 3, 4))
    assert one.shape[0] == three.shape[0] < four.shape[0] and three.shape[1] == four.shape[1]


def dark(counts: NDArray[np.int64]) -> float:
    """The share of dark pixels."""
    return float((pixels(named("a", counts)) < 90).mean())


def test_the_more_images_the_darker() -> None:
    one, all_alike = np.eye(20, dtype=np.int64), np.ones((20, 20), np.int64)
    assert 10 * dark(one) < dark(all_alike)
    assert dark(9 * one + all_alike) < dark(all_alike) / 5


def test_names_are_taken_literally() -> None:
    classes = ("_a", "$\\bad{$")
    found = Named("costs $1 and $\\frac$", Confusion(classes, ((1, 0), (0, 1))))
    assert confusion_matrices([found], "$\\frac$", ())


def test_what_would_not_be_legible_is_refused() -> None:
    with pytest.raises(DataError, match="31 classes"):
        pixels(named("a", np.eye(31, dtype=np.int64)))
