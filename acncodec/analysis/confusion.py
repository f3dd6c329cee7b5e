"""Which classes a classifier takes for one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix

Labels = NDArray[Any]


@dataclass(frozen=True)
class Confusion:
    """What images were classified as: `counts[i][j]` of the class `classes[i]` as `classes[j]`."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def accuracy(self) -> float:
        """The share of images that were classified rightly."""
        table = np.array(self.counts)
        return float(table.trace() / table.sum())


def confusion_of(labels: Labels, found: Labels, known: Labels) -> Confusion:
    """Images of the classes `labels` (n,), classified as `found` (n,); known: the classes that the
    classifier learned, each at least once, for there may be some that no image has."""
    classes = np.unique(np.concatenate([labels, known]))
    counts = confusion_matrix(labels, found, labels=classes)
    return Confusion(tuple(map(str, classes)), tuple(tuple(row) for row in counts.tolist()))
