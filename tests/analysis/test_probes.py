"""Probes where the right answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import blobs

from acncodec.analysis.embedding import mean_codes
from acncodec.analysis.probes import (
    Labelled,
    Split,
    linear_accuracy,
    neighbour_accuracy,
    principal_split,
    probe_models,
)
from acncodec.errors import DataError
from acncodec.models.frozen import FrozenModel


def ring(count: int, seed: int) -> Labelled:
    """Points within 1 of the origin (class 0) and between 3 and 4 from it (class 1)."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    radius = rng.uniform(0, 1, count) + 3 * labels
    angle = rng.uniform(0, 2 * np.pi, count)
    return Labelled(np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1), labels)


def sides(count: int, seed: int, scale: float = 1.0) -> Labelled:
    """Points on two sides of a line, one axis far longer than the other; names as labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    across = (rng.uniform(0.2, 1, count)) * np.where(labels, 1, -1)
    values = np.stack([across * scale, rng.uniform(-1, 1, count)], 1)
    return Labelled(values, np.array(["left", "right"])[labels])


def test_what_a_line_separates_is_told_apart_at_any_scale() -> None:
    for scale in (1.0, 1e-3):
        split = Split(sides(200, 0, scale), sides(100, 1, scale))
        assert linear_accuracy(split) == (1.0, True)


def test_a_ring_defeats_the_line_and_not_the_neighbours() -> None:
    split = Split(ring(400, 0), ring(200, 1))
    assert linear_accuracy(split)[0] < 0.75
    assert neighbour_accuracy(split, 5) == 1.0


def test_labels_that_say_nothing_are_told_apart_by_chance() -> None:
    train, test = ring(400, 0), ring(200, 1)
    shuffled = np.random.default_rng(2).permutation(train.labels)
    split = Split(Labelled(train.values, shuffled), test)
    assert 0.3 < neighbour_accuracy(split, 5) < 0.7


def test_principal_components_are_learned_from_the_training_features() -> None:
    rng = np.random.default_rng(3)
    values = rng.standard_normal((50, 4)) * np.array([9.0, 1.0, 3.0, 0.1])
    labels = np.arange(50) % 2
    split = principal_split(Split(Labelled(values, labels), Labelled(values[:7], labels[:7])), 2)
    assert split.train.values.shape == (50, 2)
    assert np.allclose(split.train.values[:7], split.test.values)
    for column, axis in enumerate((0, 2)):
        correlation = np.corrcoef(split.train.values[:, column], values[:, axis])[0, 1]
        assert abs(correlation) > 0.95
    with pytest.raises(DataError, match="50 images of 4 pixels have no 5 components"):
        principal_split(Split(Labelled(values, labels), Labelled(values, labels)), 5)


def test_all_probes_of_two_models(tiny_model: FrozenModel, other_model: FrozenModel) -> None:
    def large(pixels: NDArray[np.uint8]) -> Labelled:
        return Labelled(pixels, (pixels.sum((1, 2, 3)) > 12).astype(np.uint8))

    split = Split(large(blobs(150, 1)), large(blobs(60, 2)))
    stages: list[str] = []
    probes = probe_models(
        split, [tiny_model, other_model], 4, 3, lambda stage, _share: stages.append(stage)
    )
    assert [entry.features for entry in probes] == ["pca", "pixels", "codes", "codes"]
    assert [entry.dimensions for entry in probes] == [4, 64, *[tiny_model.config.latent_dim] * 2]
    assert [entry.model for entry in probes] == [None, None, "tiny-1", "tiny-2"]
    assert probes[2].model_sha256 == tiny_model.model_id.hex()
    assert stages == ["principal components", "pixels", "codes of tiny-1", "codes of tiny-2"]
    codes = split.mapped(lambda pixels: mean_codes(tiny_model, pixels))
    assert probes[2].neighbour_accuracy == neighbour_accuracy(codes, 3)
    assert probes[1].linear_accuracy > 0.9


def test_what_cannot_be_probed() -> None:
    good = sides(20, 0)
    with pytest.raises(DataError, match="20 images and 19 labels"):
        Labelled(good.values, good.labels[:19])
    with pytest.raises(DataError, match="0 images"):
        Labelled(good.values[:0], good.labels[:0])
    with pytest.raises(DataError, match="all of one class"):
        Split(Labelled(good.values, np.zeros(20, int)), ring(4, 0))
    with pytest.raises(DataError, match="numbers here and strings there"):
        Split(good, ring(4, 0))
    with pytest.raises(DataError, match="20 training images are too few for 21 votes"):
        neighbour_accuracy(Split(good, good), 21)
