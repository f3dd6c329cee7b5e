"""Embeddings: the encoders' codes exactly, and what is carried along."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from acncodec.analysis.costs import FloatModel
from acncodec.analysis.embedding import embed, mean_codes, named_arrays
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.errors import DataError
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers

Pixels = NDArray[np.uint8]


def test_codes_are_those_of_the_encoders(tiny_model: FrozenModel, images: Pixels) -> None:
    with Workers(2, 7) as workers:
        made = embed(tiny_model, images, workers)
    assert (made.codes.dtype, made.grid.dtype) == (np.float32, np.int16)
    assert np.array_equal(made.grid, tiny_model.encoder.codes(images))
    assert np.array_equal(made.codes, FloatModel(tiny_model).codes(images))
    inside = np.abs(made.grid) < tiny_model.encoder.code_reach
    step = 2.0**-GRID_BITS
    assert np.abs(made.codes - made.grid * step)[inside].max() < step


def test_the_number_of_threads_is_put_back(tiny_model: FrozenModel, images: Pixels) -> None:
    before = torch.get_num_threads()
    mean_codes(tiny_model, images)
    assert torch.get_num_threads() == before
    assert mean_codes(tiny_model, images[:0]).shape == (0, tiny_model.config.latent_dim)


def test_aligned_arrays_and_labels_are_carried_along(
    tiny_model: FrozenModel, images: Pixels
) -> None:
    with Workers(1, 64) as workers:
        made = embed(tiny_model, images, workers)
    y = np.arange(len(images))
    data = recognise({"x": images[:, 0], "y": y, "note": np.array("all")})
    assert [name for name, _ in named_arrays(made, data, None)] == ["codes", "grid", "y"]
    arrays = dict(named_arrays(made, data, y + 1))
    assert np.array_equal(arrays["y"], y + 1)
    clash = recognise({"x": images[:, 0], "grid": y})
    with pytest.raises(DataError, match="an array is called 'grid'"):
        named_arrays(made, clash, None)
