"""Squared errors beside those of means, where they can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import blobs, frozen

from acncodec.analysis.probes import Labelled, Split
from acncodec.analysis.squared_errors import squared_errors
from acncodec.errors import DataError, ModelError
from acncodec.run.workers import Workers
from acncodec.sampling import reconstruct

TRAIN = Labelled(blobs(90, 1), np.arange(90) % 3)
TEST = Labelled(blobs(30, 2), (np.arange(30) + 1) % 3)


@pytest.mark.parametrize("kind", ["autoencoder", "style"])
def test_errors_are_those_of_what_is_rendered_and_of_means(kind: str) -> None:
    model = frozen(1, kind)
    labels = TEST.labels if kind == "style" else None
    with Workers(1, 16) as workers:
        found = squared_errors(model, Split(TRAIN, TEST), workers)
        drawn = reconstruct(model, TEST.values, 1, 0, workers, labels=labels)[:, 0] / 255
    by_class = [TRAIN.values[TRAIN.labels == label].mean(0) for label in range(3)]
    means = np.stack([by_class[label] for label in TEST.labels])
    for ours, made in (
        (found.codes, drawn), (found.class_means, means), (found.mean, TRAIN.values.mean(0)),
    ):  # fmt: skip
        assert ours == pytest.approx(np.square(TEST.values - made).sum() / 30)
    assert found.share == found.codes / found.class_means


def test_a_class_without_training_images_is_refused() -> None:
    other = Labelled(TEST.values, np.full(30, 5))
    with Workers(1, 16) as workers, pytest.raises(DataError, match="of the class 5"):
        squared_errors(frozen(1, "autoencoder"), Split(TRAIN, other), workers)


def test_who_draws_by_chance_has_no_squared_error() -> None:
    with Workers(1, 16) as workers, pytest.raises(ModelError, match="by its likelihood"):
        squared_errors(frozen(1), Split(TRAIN, TEST), workers)
