"""The table of expected costs against the sums that it stands for."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.arithmetic.gaussians import posterior_frequencies
from acncodec.arithmetic.tables import NOISE_REACH, TOTAL, tables
from acncodec.contracts.expected_costs import UNITS, ExpectedCosts
from acncodec.latents import expected
from acncodec.latents.expected import MAX_TABLE_BYTES
from acncodec.latents.gaussian_prices import grid_samples, unconditional_bits
from acncodec.models.frozen import FrozenModel


def costs_of(
    model: FrozenModel, codes: NDArray[np.int64], max_bytes: int = MAX_TABLE_BYTES
) -> ExpectedCosts:
    return expected.expected_costs(model.mixture, model.prior_network, codes, max_bytes)


def spread_codes(model: FrozenModel, count: int) -> NDArray[np.int64]:
    """Codes all over the model's range."""
    reach = model.encoder.code_reach
    return np.random.default_rng(0).integers(-reach, reach + 1, (count, model.config.latent_dim))


def test_the_table_is_the_expectation_over_the_posterior(tiny_model: FrozenModel) -> None:
    codes = spread_codes(tiny_model, 12)
    count, dim = codes.shape
    costs = costs_of(tiny_model, codes)
    share = posterior_frequencies(NOISE_REACH, tables().gauss) / TOTAL
    reach = tiny_model.prior.reach
    bits = -np.log2(tiny_model.prior.distribution(codes).frequencies() / TOTAL)
    bits = bits.reshape(count, dim, -1)
    every = np.arange(count)
    for child in range(count):
        plain = np.zeros(count)
        for d in range(dim):
            z = np.arange(-NOISE_REACH, NOISE_REACH + 1) + codes[child, d]
            plain += bits[:, d, z.clip(-reach, reach) + reach] @ share
        got = costs.pairs(every, np.full(count, child)) / UNITS
        # Two roundings to the nearest unit in each dimension.
        assert np.abs(got - plain).max() <= dim / UNITS
    entropy = -(share * np.log2(share)).sum() * dim
    assert costs.entropy_bits == pytest.approx(entropy)


def test_costs_without_a_parent_are_means_over_latents(tiny_model: FrozenModel) -> None:
    codes = spread_codes(tiny_model, 40)
    costs = costs_of(tiny_model, codes)
    drawn = np.stack(
        [unconditional_bits(tiny_model.mixture, grid_samples(codes, seed)) for seed in range(400)]
    )
    error = drawn.std(0) / 20
    assert (np.abs(costs.alone / UNITS - drawn.mean(0)) < 5 * error + 0.05).all()


def test_the_table_does_not_depend_on_how_it_is_computed(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = spread_codes(tiny_model, 40)
    one = costs_of(tiny_model, codes)
    monkeypatch.setattr(expected, "PARENTS", 7)
    two = costs_of(tiny_model, codes)
    assert np.array_equal(one.table, two.table) and np.array_equal(one.alone, two.alone)


def test_a_coarser_table_keeps_its_budget_and_stays_close(tiny_model: FrozenModel) -> None:
    codes = spread_codes(tiny_model, 40)
    full = costs_of(tiny_model, codes)
    coarse = costs_of(tiny_model, codes, max_bytes=full.table.nbytes // 3)
    assert coarse.table.nbytes <= full.table.nbytes // 3
    parents, children = np.divmod(np.arange(len(codes) ** 2), len(codes))
    exact, near = full.pairs(parents, children), coarse.pairs(parents, children)
    assert (exact != near).any()
    assert np.abs(exact - near).mean() < 0.02 * exact.mean()


def test_a_budget_too_small_for_anything_leaves_one_entry_a_dimension(
    tiny_model: FrozenModel,
) -> None:
    costs = costs_of(tiny_model, spread_codes(tiny_model, 5), max_bytes=0)
    assert costs.table.shape[1] <= 2 * tiny_model.config.latent_dim


@pytest.mark.parametrize("count", [0, 1])
def test_few_codes(tiny_model: FrozenModel, count: int) -> None:
    costs = costs_of(tiny_model, spread_codes(tiny_model, count))
    assert len(costs.alone) == len(costs.table) == count
    assert costs.kl_nats(0, 0) == 0.0
