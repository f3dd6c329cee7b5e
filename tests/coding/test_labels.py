"""Labels given neighbours: exact, cheap where neighbours agree, never far above order 0."""

from __future__ import annotations

import math

import numpy as np
import pytest
from invertibility import check_invertibility, random_stack

import acncodec.coding.labels
from acncodec.coding.labels import Labels
from acncodec.coding.neighbours import Neighbours, earlier_neighbours
from acncodec.errors import CoderError


def clustered(count: int, classes: int, seed: int = 0) -> tuple[Neighbours, np.ndarray]:
    """Images whose codes lie around one of `classes` centres; their labels say which."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, count)
    codes = rng.normal(0, 100, (classes, 4))[labels] + rng.normal(0, 5, (count, 4))
    pixels = np.zeros((count, 1, 1, 1), np.uint8)
    return earlier_neighbours(np.rint(codes).astype(np.int64), pixels, 2, 200), labels


@pytest.mark.parametrize("classes", [2, 3, 10, 256])
def test_labels_of_clusters(classes: int) -> None:
    neighbours, labels = clustered(600, classes)
    codec = Labels(neighbours, classes)
    check_invertibility(codec, labels)
    # Each class has to be named once; after that its members are nearly free.
    names = classes * math.log2(classes)
    assert codec.bits(labels) < names + 0.25 * 600 * math.log2(classes)


def test_labels_that_images_do_not_tell_cost_somewhat_more_than_their_entropy() -> None:
    neighbours, _ = clustered(2000, 5)
    rng = np.random.default_rng(1)
    for classes, shares in ((2, [0.5, 0.5]), (4, [0.7, 0.1, 0.1, 0.1])):
        labels = rng.choice(classes, 2000, p=shares)
        entropy = -sum(share * math.log2(share) for share in shares)
        codec = Labels(neighbours, classes)
        check_invertibility(codec, labels)
        assert 0.97 * entropy * 2000 < codec.bits(labels) < 1.25 * entropy * 2000


def test_a_single_class_is_free() -> None:
    neighbours, _ = clustered(50, 3)
    codec = Labels(neighbours, 1)
    check_invertibility(codec, np.zeros(50, np.int64))
    assert codec.bits(np.zeros(50, np.int64)) == 0


def test_no_images() -> None:
    check_invertibility(Labels(clustered(0, 3)[0], 3), np.zeros(0, np.int64))


def test_a_single_image_costs_the_choice_of_its_class() -> None:
    codec = Labels(clustered(1, 8)[0], 8)
    assert codec.bits(np.array([5])) == pytest.approx(3)


def test_halved_counts_stay_invertible(monkeypatch: pytest.MonkeyPatch) -> None:
    neighbours, labels = clustered(400, 6)
    labels[::7] = 0
    plain = Labels(neighbours, 6).bits(labels)
    monkeypatch.setattr(acncodec.coding.labels, "MAX_COUNT", 24)
    check_invertibility(Labels(neighbours, 6), labels)
    assert Labels(neighbours, 6).bits(labels) != plain


def test_a_class_that_is_none_is_refused() -> None:
    neighbours, labels = clustered(9, 3)
    labels[4] = 3
    with pytest.raises(CoderError):
        Labels(neighbours, 3).push(random_stack(10, 0), labels)
