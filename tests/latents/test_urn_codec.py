"""The urn's codec: inverted exactly, at the cost of its density, whatever explains a latent."""

from __future__ import annotations

import numpy as np
import pytest
from invertibility import check_invertibility, random_stack
from numpy.typing import NDArray

from acncodec.contracts.latent_space import UrnRule
from acncodec.errors import CorruptionError
from acncodec.latents.gaussian_prices import grid_samples
from acncodec.latents.urn import CANDIDATES, Pool
from acncodec.latents.urn_codec import UrnPrior
from acncodec.models.frozen import FrozenModel
from acncodec.stack.ans import Stack, StackExhaustedError
from acncodec.stack.distributions import Shared
from acncodec.stack.elementary import Uniform

Ints = NDArray[np.int64]


def codes_of(count: int, seed: int, dim: int = 4) -> Ints:
    return np.random.default_rng(seed).integers(-60, 60, (count, dim))


def pooled(model: FrozenModel, codes: Ints, kernel: int = 0) -> Pool:
    pool = Pool(model.prior, codes.shape[1], kernel, len(codes))
    pool.add(codes)
    return pool


@pytest.mark.parametrize("count", [0, 1, 2, CANDIDATES, CANDIDATES + 1, 700])
@pytest.mark.parametrize("rule", [UrnRule(1), UrnRule(50, 12), UrnRule(2**32 - 1)])
def test_it_is_inverted(tiny_model: FrozenModel, count: int, rule: UrnRule) -> None:
    """`bits` is met closely: an explanation that is drawn less often is cheaper to be given back
    by as much, so that the choice hardly matters."""
    codes = codes_of(900, seed=count)
    pool = pooled(tiny_model, codes, rule.kernel)
    rows = np.random.default_rng(count).permutation(900)[:count]
    z = grid_samples(codes[rows[:40]] if count else codes[:40], seed=1)
    reach = tiny_model.prior.reach
    z = np.concatenate([z, codes_of(20, seed=3)]).clip(-reach, reach)
    check_invertibility(UrnPrior(tiny_model.mixture, pool, rule, rows, len(z)), z)


def test_an_earlier_item_makes_its_like_cheap(tiny_model: FrozenModel) -> None:
    codes = np.array([[55, -50, 52, 58]] + [[-20, 10, 0, 5]] * 3)
    pool = pooled(tiny_model, codes, kernel=10)
    z = grid_samples(codes[:1], seed=0)
    alone = UrnPrior(tiny_model.mixture, pool, UrnRule(1), np.arange(0), 1).bits(z)
    among = UrnPrior(tiny_model.mixture, pool, UrnRule(1), np.arange(4), 1).bits(z)
    assert among < alone - 50


def test_a_large_alpha_is_the_unconditional_prior(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    pool = pooled(tiny_model, codes)
    z = grid_samples(codes, seed=0)
    alone = UrnPrior(tiny_model.mixture, pool, UrnRule(1), np.arange(0), len(z)).bits(z)
    faint = UrnPrior(tiny_model.mixture, pool, UrnRule(10**9), np.arange(40), len(z)).bits(z)
    near = UrnPrior(tiny_model.mixture, pool, UrnRule(10), np.arange(40), len(z)).bits(z)
    assert faint == pytest.approx(alone, abs=0.01 * len(z))
    assert abs(near - alone) > 0.1 * len(z)


def test_rows_name_earlier_items_by_their_place(tiny_model: FrozenModel) -> None:
    """Alice keeps images in canonical order, Bob in decoding order: their rows differ, and what
    lies on the stack does not."""
    codes = codes_of(300, seed=5)
    order = np.random.default_rng(5).permutation(300)
    z = grid_samples(codes[:30], seed=2).clip(-tiny_model.prior.reach, tiny_model.prior.reach)
    alice = UrnPrior(
        tiny_model.mixture, pooled(tiny_model, codes), UrnRule(3), np.arange(300), len(z)
    )
    bob = UrnPrior(
        tiny_model.mixture, pooled(tiny_model, codes[order]), UrnRule(3), np.argsort(order), len(z)
    )
    stack = random_stack(500, seed=0)
    message = stack.words()
    alice.push(stack, z)
    assert np.array_equal(bob.pop(stack), z)
    assert np.array_equal(stack.words(), message)


def test_an_item_that_does_not_explain_a_latent_is_a_corruption(tiny_model: FrozenModel) -> None:
    """Push a latent at one end of the grid as if an item at the other end explained it."""
    reach = tiny_model.prior.reach
    codes = np.concatenate([np.full((1, 4), -60), np.full((2 * CANDIDATES, 4), 60)])
    pool = pooled(tiny_model, codes)
    rows = np.arange(len(codes))
    prior = UrnPrior(tiny_model.mixture, pool, UrnRule(1), rows, 1)
    stack = random_stack(100, seed=0)
    stack.push(np.full(4, reach + reach), tiny_model.prior.distribution(codes[:1]))
    Uniform(len(rows)).push(stack, 0)
    fresh = UrnRule(1).fresh(len(rows))
    stack.push(np.array([1]), Shared(np.array([fresh, 2**24 - fresh]), 1))
    with pytest.raises(CorruptionError, match="far from the item"):
        prior.pop(stack)


def test_too_short_a_stack_is_refused(tiny_model: FrozenModel) -> None:
    codes = codes_of(100, seed=7)
    pool = pooled(tiny_model, codes)
    z = np.tile(codes[:1], (400, 1))
    prior = UrnPrior(tiny_model.mixture, pool, UrnRule(1), np.arange(100), len(z))
    with pytest.raises(StackExhaustedError):
        prior.push(Stack.seeded(bytes(range(32))), z)
