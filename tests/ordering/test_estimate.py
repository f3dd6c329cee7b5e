"""Estimates of an order's latents: what its schedule says of a sample."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.models.frozen import FrozenModel
from acncodec.ordering.estimate import (
    alone_latent_bits,
    nearest_latent_bits,
    sampled_latents,
    schedule_latent_bits,
)
from acncodec.ordering.neighbours import nearest_to
from acncodec.ordering.schedule import iid_schedule, tour_schedule


def test_the_nearest_neighbours_price_is_that_of_the_coder(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes, prices = tiny_model.encoder.codes(images), tiny_model.latents.prices()
    rows, z = sampled_latents(prices, codes, 0)
    assert np.array_equal(rows, np.arange(len(codes)))
    bits = tiny_model.latents.given(codes[nearest_to(codes, rows)]).bits(z)
    expected = bits - prices.posterior_bits * len(codes)
    assert nearest_latent_bits(prices, codes, 0) == pytest.approx(expected, abs=1e-3)
    assert nearest_latent_bits(prices, codes[:1], 0) == 0.0


def test_a_schedules_price_is_that_of_the_coder(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes, prices = tiny_model.encoder.codes(images), tiny_model.latents.prices()
    schedule = tour_schedule((4, 8, 8, 8, 8, 4))
    _, z = sampled_latents(prices, codes, 0)
    heads, rest = z[:4], z[4:]
    bits = float(prices.unconditional(heads).sum())
    bits += tiny_model.latents.given(codes[schedule.parents[4:]]).bits(rest)
    expected = bits - prices.posterior_bits * len(codes)
    assert schedule_latent_bits(prices, codes, schedule, 0) == pytest.approx(expected, abs=1e-3)


def test_without_an_order_batches_do_not_matter(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes, prices = tiny_model.encoder.codes(images), tiny_model.latents.prices()
    laid = schedule_latent_bits(prices, codes, iid_schedule((30, 10)), 0)
    assert alone_latent_bits(prices, codes, 0) == laid
    assert alone_latent_bits(prices, codes[:0], 0) == 0.0


def test_a_sample_is_no_larger_than_asked(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    rows, z = sampled_latents(tiny_model.latents.prices(), codes, 0, most=7)
    assert len(np.unique(rows)) == len(z) == 7
