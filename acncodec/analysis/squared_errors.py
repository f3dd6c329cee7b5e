"""The squared error of what a decoder renders of codes, beside that of means of images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.probes import Split
from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import DataError
from acncodec.families.family import CLASSES
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.sampling import levels_drawn, reconstruct

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SquaredErrors:
    """Means over test images of the sum over an image's samples, each from 0 to 1.

    Attributes:
        codes: given each image's own code, and its class where the decoder is told it.
        class_means: of the mean of the training images of its class.
        mean: of the mean of all training images.
    """

    codes: float
    class_means: float
    mean: float

    @property
    def share(self) -> float:
        """`codes` of `class_means`."""
        return self.codes / self.class_means


def squared_errors(model: FrozenModel, split: Split, workers: Workers) -> SquaredErrors:
    """Those of the test images of a split, level indexes (N, C, H, W), which the model must fit.

    Raises `ModelError` if it draws images by chance, for want of a renderer, `DataError` where a
    class is not among the training images.
    """
    _ = model.renderer
    test, levels = split.test, split.test.levels
    kind = ImageKind.of(test.values.shape[1:], levels)
    labels = test.labels if model.can(CLASSES) else None
    drawn = reconstruct(model, test.values, 1, 0, workers, levels=levels, labels=labels)[:, 0]
    made = _unit(drawn, levels_drawn(model, kind))
    wanted, known = _unit(test.values, levels), _unit(split.train.values, split.train.levels)
    return SquaredErrors(
        _error(wanted, made),
        _error(wanted, _class_means(known, split)),
        _error(wanted, known.mean(0)),
    )


def _class_means(known: Floats, split: Split) -> Floats:
    """For each test image the mean of the training images of its class."""
    classes = np.unique(split.train.labels)
    place = np.searchsorted(classes, split.test.labels).clip(max=len(classes) - 1)
    missing = classes[place] != split.test.labels
    if missing.any():
        raise DataError(f"no training image is of the class {split.test.labels[missing][0]}")
    means = np.stack([known[split.train.labels == label].mean(0) for label in classes])
    found: Floats = means[place]
    return found


def _unit(values: NDArray[Any], levels: int) -> Floats:
    return values.astype(np.float64) / (levels - 1)


def _error(images: Floats, made: Floats) -> float:
    return float(((images - made) ** 2).sum((1, 2, 3)).mean())
