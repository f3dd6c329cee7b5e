"""The map encoder: integers choose the vectors that floats choose, and the first of equals."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from tiny_codes import tiny_vqvae

from acncodec.engines.choice import VARIABLE
from acncodec.models.build import float_networks


def pixels(count: int, levels: int = 256) -> np.ndarray:
    drawn = np.random.default_rng(3).integers(0, levels, (count, 3, 9, 7))
    return drawn.astype(np.uint8)


def test_integers_choose_what_floats_choose() -> None:
    model = tiny_vqvae(3, height=9, width=7)
    x = pixels(50)
    with torch.no_grad():
        real = float_networks(model).encode(torch.from_numpy(x).float(), 256).numpy()
    exact = model.encoder.codes(x, 256)
    assert exact.shape == (50, 6) and exact.dtype == np.int64
    assert np.mean(exact == real) > 0.97
    assert len(np.unique(exact)) > 3 and model.encoder.code_reach == 5


def test_the_nearest_is_by_whole_distances_and_the_first_of_equals() -> None:
    model = tiny_vqvae(3, height=9, width=7)
    encoder, x = model.encoder, pixels(20)
    twice = type(encoder)(encoder.layers, encoder.out, encoder.codebook[[0, 0, 1, 1, 2, 3]])
    assert set(np.unique(twice.codes(x, 256))) <= {0, 2, 4, 5}


def test_batches_and_engines_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, x = tiny_vqvae(3, height=9, width=7).encoder, pixels(30)
    whole = encoder.codes(x, 256)
    parts = [encoder.codes(x[start : start + 7], 256) for start in range(0, 30, 7)]
    assert np.array_equal(np.concatenate(parts), whole)
    monkeypatch.setenv(VARIABLE, "float64")
    assert np.array_equal(encoder.codes(x, 256), whole)


def test_multiply_adds_are_counted_place_by_place() -> None:
    encoder = tiny_vqvae(1, height=8, width=8).encoder
    first, second = 25 * 2 * 5 * 16, 9 * 5 * 7 * 4
    assert encoder.macs((8, 8)) == first + second + 7 * 3 * 4 + 6 * 3 * 4
