"""Which classes are taken for which."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.analysis.confusion import confusion_of


def test_rows_are_classes_and_columns_what_they_were_taken_for() -> None:
    labels, found = np.array([1, 1, 1, 7, 7]), np.array([1, 7, 7, 7, 1])
    confusion = confusion_of(labels, found, np.array([7, 1, 3, 3]))
    assert confusion.classes == ("1", "3", "7")
    assert confusion.counts == ((1, 0, 2), (0, 0, 0), (1, 0, 1))
    assert confusion.accuracy == pytest.approx(2 / 5)


def test_a_class_that_was_never_learned_is_always_missed() -> None:
    confusion = confusion_of(np.array(["b", "a"]), np.array(["a", "a"]), np.array(["a"]))
    assert confusion.classes == ("a", "b")
    assert confusion.counts == ((1, 0), (1, 0))
