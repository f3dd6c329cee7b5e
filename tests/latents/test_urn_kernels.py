"""Nearest codes, products and shares against plain Python integers."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.arithmetic.gaussians import WEIGHT_BITS, mixture_bins
from acncodec.arithmetic.tables import TOTAL, tables
from acncodec.latents.urn_kernels import (
    component_products,
    nearest_codes,
    parent_products,
    shares_of_products,
)
from acncodec.models.frozen import FrozenModel
from acncodec.parts.mixture.exact import ExactMixture


def shortened(mantissa: int, exponent: int) -> tuple[int, int]:
    shift = max(0, mantissa.bit_length() - 32)
    return mantissa >> shift, exponent + shift


def product(start: int, frequencies: list[int]) -> tuple[int, int]:
    mantissa, exponent = shortened(start, 0)
    for frequency in frequencies:
        mantissa, exponent = shortened(mantissa * frequency, exponent)
    return mantissa, exponent


@pytest.mark.parametrize("spread", [1, 3, 200])
@pytest.mark.parametrize("most", [1, 5, 64, 300])
def test_the_nearest_come_first_and_ties_go_to_the_lower_index(spread: int, most: int) -> None:
    rng = np.random.default_rng(spread)
    codes = rng.integers(-spread, spread + 1, (400, 3))
    rows = rng.permutation(400)[:300]
    z = rng.integers(-spread, spread + 1, (20, 3))
    out = np.empty((len(z), most), np.int64)
    nearest_codes(z, codes, rows, out)
    for latent, found in zip(z, out, strict=True):
        distances = ((codes[rows] - latent) ** 2).sum(1)
        assert found.tolist() == np.argsort(distances, kind="stable")[:most].tolist()


def test_products_are_those_of_the_coders_frequencies(tiny_model: FrozenModel) -> None:
    mixture, reach = tiny_model.mixture, tiny_model.mixture.reach
    rng = np.random.default_rng(0)
    z = rng.integers(-reach, reach + 1, (12, mixture.offsets.shape[1]))
    z[0], z[1] = reach, -reach
    starts = np.array([1, 1 << 48, (1 << 32) - 1])
    assert mixture.components == len(starts)
    mantissas = np.empty((len(z), len(starts)), np.int64)
    exponents = np.empty_like(mantissas)
    component_products(
        z, starts, mixture.coefficients, mixture.offsets, mixture.inverses, reach,
        tables().gauss, mantissas, exponents,
    )  # fmt: skip
    for k, start in enumerate(starts.tolist()):
        chosen = _component_frequencies(mixture, z, k)
        for item in range(len(z)):
            expected = product(start, chosen[item])
            assert (mantissas[item, k], exponents[item, k]) == expected


def _component_frequencies(mixture: ExactMixture, z: np.ndarray, k: int) -> list[list[int]]:
    component = np.full(len(z), k)
    columns = [
        mixture.dimension_given(z, component, d).interval(z[:, d] + mixture.reach).frequencies
        for d in range(z.shape[1])
    ]
    return np.stack(columns, 1).astype(np.int64).tolist()


def test_products_given_earlier_items(tiny_model: FrozenModel) -> None:
    prior = tiny_model.prior
    rng = np.random.default_rng(1)
    codes = rng.integers(-60, 60, (9, 4))
    weights, means, inverses = (part.reshape(9, 4, -1) for part in prior.parameters(codes))
    z = rng.integers(-prior.reach, prior.reach + 1, (6, 4))
    z[0], z[1] = prior.reach, -prior.reach
    parents = rng.integers(0, 9, (6, 5))
    mantissas = np.empty((6, 5), np.int64)
    exponents = np.empty_like(mantissas)
    parent_products(
        z, parents, (1 << 40) + 12345, weights.astype(np.int32), means.astype(np.int32),
        inverses.astype(np.int32), prior.reach, tables().gauss, mantissas, exponents,
    )  # fmt: skip
    for item in range(6):
        for column, parent in enumerate(parents[item]):
            bins = np.empty((4, 2 * prior.reach + 1), np.int64)
            mixture_bins(
                weights[parent], means[parent], inverses[parent], prior.reach, tables().gauss, bins
            )
            chosen = bins[np.arange(4), z[item] + prior.reach].tolist()
            expected = product((1 << 40) + 12345, chosen)
            assert (mantissas[item, column], exponents[item, column]) == expected


def test_shares_sum_exactly_and_leftovers_go_to_the_first_of_the_largest() -> None:
    mantissas = np.array([[1 << 31, 3, 1 << 31], [5, 5, 5], [1, (1 << 32) - 1, 7]])
    exponents = np.array([[90, 88, 90], [0, 0, 0], [0, 2000, 1999]])
    out = np.empty_like(mantissas)
    shares_of_products(mantissas, exponents, TOTAL - 3, out)
    assert (out.sum(1) == TOTAL - 3).all() and (out >= 0).all()
    half = (TOTAL - 3) // 2
    assert out[0].tolist() == [TOTAL - 3 - half, 0, half]
    third = (TOTAL - 3) // 3
    assert out[1].tolist() == [TOTAL - 3 - 2 * third, third, third]
    assert out[2].tolist() == [0, TOTAL - 3, 0]


def test_weights_of_one_gaussian_fit_a_product() -> None:
    # The largest start and frequencies must not leave 64 bits.
    table = tables().gauss
    out = np.empty((1, 1), np.int64)
    exponents = np.empty_like(out)
    one = np.full((1, 30, 1), 1 << WEIGHT_BITS, np.int32)
    zero, inverse = np.zeros_like(one), np.full_like(one, 1 << 20)
    z, parents = np.zeros((1, 30), np.int64), np.zeros((1, 1), np.int64)
    parent_products(z, parents, 1 << 62, one, zero, inverse, 4, table, out, exponents)
    bins = np.empty((1, 9), np.int64)
    mixture_bins(
        one[0, :1].astype(np.int64), zero[0, :1].astype(np.int64), inverse[0, :1].astype(np.int64),
        4, table, bins,
    )  # fmt: skip
    assert (out[0, 0], exponents[0, 0]) == product(1 << 62, [int(bins[0, 4])] * 30)
