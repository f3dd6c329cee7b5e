"""Estimates of latents: as the coder's frequencies say."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.arithmetic.tables import TOTAL
from acncodec.latents.urn import Pool
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.estimate import (
    grid_samples,
    latent_bits_given,
    nearest_latent_bits,
    posterior_bits,
    sampled_latents,
)
from acncodec.ordering.neighbours import nearest_to


def frequency_bits(
    model: FrozenModel, z: NDArray[np.int64], parents: NDArray[np.int64]
) -> NDArray[np.float64]:
    symbols = (z + model.mixture.reach).ravel()
    parts = model.prior_network.distribution(parents).interval(symbols)
    bits = -np.log2(parts.frequencies / TOTAL)
    return np.asarray(bits.reshape(z.shape).sum(1))


def test_a_latent_given_an_item_costs_what_the_coder_takes(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    z = grid_samples(codes, seed=1).clip(-tiny_model.mixture.reach, tiny_model.mixture.reach)
    pool = Pool(tiny_model.prior_network, codes.shape[1], 0, len(codes))
    pool.add(codes)
    parents = np.roll(np.arange(len(codes)), 3)
    bits = latent_bits_given(tiny_model.mixture.reach, pool, z, parents)
    assert np.allclose(bits, frequency_bits(tiny_model, z, codes[parents]), rtol=0, atol=1e-6)


def test_the_nearest_neighbours_price_is_that_of_the_coder(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    rows, z = sampled_latents(tiny_model, codes, 0)
    assert np.array_equal(rows, np.arange(len(codes)))
    bits = frequency_bits(tiny_model, z, codes[nearest_to(codes, rows)]).sum()
    expected = bits - posterior_bits(codes.shape[1]) * len(codes)
    assert nearest_latent_bits(tiny_model, codes, 0) == pytest.approx(expected, abs=1e-3)
    assert nearest_latent_bits(tiny_model, codes[:1], 0) == 0.0


def test_a_sample_is_no_larger_than_asked(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    rows, z = sampled_latents(tiny_model, codes, 0, most=7)
    assert len(np.unique(rows)) == len(z) == 7
