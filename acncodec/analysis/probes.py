"""How much of the class the codes tell: linear classifiers and nearest neighbours.

Graves et al. 2018, Table 3: a linear classifier on the codes, beside one on as many principal
components of the pixels and one on the pixels themselves.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from acncodec.analysis.confusion import Confusion, confusion_of
from acncodec.analysis.embedding import mean_codes
from acncodec.errors import DataError
from acncodec.models.frozen import FrozenModel

Features = NDArray[np.floating]
Labels = NDArray[Any]
Progress = Callable[[str, float], None]


def _silent(_stage: str, _share: float) -> None:
    return None


MAX_STEPS = 1000
"""Of the solver; standardised features need a few dozen to a few hundred."""


@dataclass(frozen=True, eq=False)
class Labelled:
    """Level indexes of images (N, C, H, W), or their features (N, F), with labels (N,); levels: of
    images, how many there are."""

    values: NDArray[Any]
    labels: Labels
    levels: int = 2

    def __post_init__(self) -> None:
        if not len(self.values) or len(self.values) != len(self.labels):
            raise DataError(f"{len(self.values)} images and {len(self.labels)} labels")


@dataclass(frozen=True, eq=False)
class Split:
    """What a probe learns from and what it is tried on: features (N, F) with labels."""

    train: Labelled
    test: Labelled

    def __post_init__(self) -> None:
        if len(np.unique(self.train.labels)) < 2:
            raise DataError("the training images are all of one class")
        if (self.train.labels.dtype.kind in "US") != (self.test.labels.dtype.kind in "US"):
            raise DataError("labels are numbers here and strings there")

    def mapped(self, change: Callable[[NDArray[Any]], Features]) -> Split:
        """The same split with other features."""
        return Split(
            Labelled(change(self.train.values), self.train.labels),
            Labelled(change(self.test.values), self.test.labels),
        )


@dataclass(frozen=True)
class Probe:
    """Shares of test images classified rightly, 0 to 1; `converged`: the linear solver was done.

    features: pca, pixels or codes; confusion: of the vote of neighbours; model, model_sha256,
    model_kind: whose codes, else None.
    """

    features: str
    dimensions: int
    linear_accuracy: float
    confusion: Confusion
    converged: bool
    model: str | None = None
    model_sha256: str | None = None
    model_kind: str | None = None

    @property
    def neighbour_accuracy(self) -> float:
        """That of the vote of neighbours."""
        return self.confusion.accuracy


def linear_accuracy(split: Split) -> tuple[float, bool]:
    """Accuracy of a multinomial logistic regression on standardised features, and whether its
    solver was done."""
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=MAX_STEPS))
    with warnings.catch_warnings():
        # What the warning says is returned instead.
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(split.train.values, split.train.labels)
    steps = int(classifier[-1].n_iter_.max())
    score = float(classifier.score(split.test.values, split.test.labels))
    return score, steps < MAX_STEPS


def neighbour_accuracy(split: Split, neighbours: int) -> float:
    """Accuracy of a vote of the nearest training images. Raises as `neighbour_confusion`."""
    return neighbour_confusion(split, neighbours).accuracy


def neighbour_confusion(split: Split, neighbours: int) -> Confusion:
    """What a vote of the nearest training images (Euclidean, features as they are) makes of the
    test images.

    Raises `DataError` if there are fewer training images than neighbours.
    """
    train, test = split.train, split.test
    if neighbours > len(train.values):
        raise DataError(f"{len(train.values)} training images are too few for {neighbours} votes")
    classifier = KNeighborsClassifier(neighbours, algorithm="brute")
    classifier.fit(train.values, train.labels)
    return confusion_of(test.labels, classifier.predict(test.values), train.labels)


def principal_split(split: Split, count: int) -> Split:
    """The first principal components of the training features in place of all features.

    Raises `DataError` if there are not that many.
    """
    shape = split.train.values.shape
    if count > min(shape):
        raise DataError(f"{shape[0]} images of {shape[1]} pixels have no {count} components")
    fit = PCA(count, svd_solver="covariance_eigh").fit(split.train.values)
    return split.mapped(fit.transform)


def _probe(split: Split, neighbours: int, features: str, model: FrozenModel | None = None) -> Probe:
    linear, converged = linear_accuracy(split)
    return Probe(
        features, split.train.values.shape[1], linear, neighbour_confusion(split, neighbours),
        converged, model.name if model else None, model.model_id.hex() if model else None,
        model.family.name if model else None,
    )  # fmt: skip


def codes_of(split: Split, model: FrozenModel) -> Split:
    """The mean codes of images, which the model must fit, as features."""

    def coded(part: Labelled) -> Labelled:
        return Labelled(mean_codes(model, part.values, part.levels), part.labels)

    return Split(coded(split.train), coded(split.test))


def probe_models(
    split: Split,
    models: Sequence[FrozenModel],
    components: int = 16,
    neighbours: int = 5,
    progress: Progress = _silent,
) -> list[Probe]:
    """Probes of principal components of the pixels, of the pixels, and of each model's codes.

    split: images (N, C, H, W), which all models must fit. Raises `DataError` if there are too
    few.
    """
    stages = 2 + len(models)
    pixels = split.mapped(lambda images: images.reshape(len(images), -1).astype(np.float32))
    progress("principal components", 0.0)
    probes = [_probe(principal_split(pixels, components), neighbours, "pca")]
    progress("pixels", 1 / stages)
    probes.append(_probe(pixels, neighbours, "pixels"))
    for index, model in enumerate(models, 2):
        progress(f"codes of {model.name}", index / stages)
        probes.append(_probe(codes_of(split, model), neighbours, "codes", model))
    return probes
