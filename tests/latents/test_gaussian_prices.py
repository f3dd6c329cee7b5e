"""Prices of Gaussian latents: as the coder's frequencies say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.latents.gaussian_grid import GaussianGrid
from acncodec.latents.gaussian_prices import GaussianPrices
from acncodec.latents.urn import CANDIDATES
from acncodec.models.frozen import FrozenModel
from acncodec.parts.mixture.exact import ExactMixture

Ints = NDArray[np.int64]


def prices_of(model: FrozenModel) -> GaussianPrices:
    return GaussianPrices(GaussianGrid(model.mixture, model.prior))


class OfDimensions(ExactMixture):
    """One component of so many dimensions, of which nothing but the shape is looked at."""

    def __init__(self, dim: int) -> None:
        none = np.zeros((1, dim), np.int64)
        super().__init__(np.zeros(1, np.int64), none[..., None], none, none, none[:, 0], 0)


@pytest.mark.parametrize(
    ("dim", "spread"), [(1, 25.0), (4, 25.0), (16, 25.0), (17, 26.0), (64, 49.0), (128, 70.0)]
)
def test_six_deviations_are_set_aside(dim: int, spread: float) -> None:
    prices = GaussianPrices(GaussianGrid(OfDimensions(dim), None))
    assert prices.spread_bits == spread >= 6 * math.sqrt(dim / 2) * math.log2(math.e)
    assert prices.posterior_bits == pytest.approx(5.047 * dim, rel=1e-4)
    assert prices.taken_bits() == prices.posterior_bits
    assert prices.taken_bits(urn=True) == prices.posterior_bits + math.log2(1 + CANDIDATES)


def test_each_latent_costs_what_the_coder_takes(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes, prices = tiny_model.encoder.codes(images), prices_of(tiny_model)
    z, parents = prices.sample(codes, seed=1), np.roll(np.arange(len(codes)), 3)
    bits = prices.given(z, codes, parents)
    for item in range(len(codes)):
        coded = tiny_model.latents.given(codes[parents[item : item + 1]]).bits(z[item : item + 1])
        assert bits[item] == pytest.approx(coded, abs=1e-6)


def test_a_kernel_takes_the_networks_place(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes, prices = tiny_model.encoder.codes(images), prices_of(tiny_model)
    here = np.arange(len(codes))
    bits = prices.given(codes, codes, here, kernel=8)
    # The mass of the middle bin, an eighth of a deviation wide, in each of 4 dimensions.
    assert np.allclose(bits, -4 * math.log2(math.erf(1 / 16 / math.sqrt(2))), atol=2e-3)
    assert (prices.given(codes, codes, here, kernel=16) > bits).all()


def test_the_nearest_may_explain_a_latent_ties_to_the_lower_place(tiny_model: FrozenModel) -> None:
    codes = np.array([[9, 0, 0, 0], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]])
    z = np.zeros((1, 4), np.int64)
    assert prices_of(tiny_model).near(z, codes, np.array([0, 2, 1])).tolist() == [[1, 2, 0]]
    many = np.tile(codes, (50, 1))
    assert prices_of(tiny_model).near(z, many, np.arange(200)).shape == (1, CANDIDATES)
