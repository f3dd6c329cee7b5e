"""Classes: names in order, colours that differ."""

from __future__ import annotations

import re

import numpy as np
import pytest

from acncodec.explore.classes import classes_of
from acncodec.figures.style import CLASSES


def test_up_to_ten_classes_have_the_colours_of_the_figures() -> None:
    found = classes_of(np.array([7, 3, 7, 0], np.uint8))
    assert found.names == ("0", "3", "7") and found.of.tolist() == [2, 1, 2, 0]
    assert found.colours == CLASSES[:3]


def test_strings_of_either_kind_are_names() -> None:
    assert classes_of(np.array(["frog", "cat"])).names == ("cat", "frog")
    assert classes_of(np.array([b"frog", b"\xff"])).names == ("frog", "\ufffd")


@pytest.mark.parametrize("count", [11, 100])
def test_more_classes_have_as_many_colours(count: int) -> None:
    colours = classes_of(np.arange(count)).colours
    assert len(set(colours)) == count
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in colours)
