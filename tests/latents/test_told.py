"""The class beside a latent."""

from __future__ import annotations

import numpy as np

from acncodec.latents.told import STEPS, check_labels, with_classes


def test_the_class_is_one_of_the_last_dimensions() -> None:
    z = np.arange(6).reshape(3, 2)
    told = with_classes(z, np.array([1, 0, 3]), 4)
    assert np.array_equal(told[:, :2], z)
    assert np.array_equal(told[:, 2:], STEPS * np.eye(4, dtype=np.int64)[[1, 0, 3]])
    assert with_classes(z[:0], np.zeros(0, np.int64), 4).shape == (0, 6)


def test_labels_of_any_integers_are_int64() -> None:
    found = check_labels(np.array([2, 0], np.uint8), 3, 2)
    assert found.dtype == np.int64 and found.tolist() == [2, 0]
