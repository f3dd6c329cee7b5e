"""Latents with the class beside them: what a decoder that is told the class takes.

The class is one of K further dimensions, of which one is `STEPS` grid steps and the others 0.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import GRID_BITS
from acncodec.errors import ModelError

Ints = NDArray[np.int64]

WIDTH: Final = 4
"""Standard deviation of the Gaussian that codes are held to, where they are held to one: so many
times eight grid steps, fine enough to tell near neighbours apart."""
STEPS: Final = WIDTH << GRID_BITS
"""The class is as far from 0 as a code is."""


def with_classes(z: Ints, labels: Ints, classes: int) -> Ints:
    """Latents (n, D) in grid steps and labels (n,) as (n, D + classes)."""
    told = np.zeros((len(z), classes), np.int64)
    told[np.arange(len(z)), labels] = STEPS
    return np.concatenate([z, told], 1)


def check_labels(labels: NDArray[Any] | None, classes: int, count: int) -> Ints:
    """Labels (n,) as int64. Raises `ModelError` unless there is one of 0 to `classes` - 1 for each
    of `count` images."""
    if labels is None:
        raise ModelError("the decoder is told the class of an image, and no labels were given")
    if labels.shape != (count,) or labels.dtype.kind not in "iu":
        raise ModelError(f"labels are {count} integers, not {labels.dtype} {labels.shape}")
    wrong = labels[(labels < 0) | (labels >= classes)]
    if len(wrong):
        raise ModelError(f"a label {wrong[0]}: the classes are 0 to {classes - 1}")
    return labels.astype(np.int64)
