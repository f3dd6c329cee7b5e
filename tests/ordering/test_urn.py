"""Urns: estimates that come true, and the rule that costs least."""

from __future__ import annotations

import math

import numpy as np
import pytest
from invertibility import random_stack
from numpy.typing import NDArray
from tiny import blobs

from acncodec.coding.bitsback import Coded
from acncodec.contracts.latent_space import UrnRule
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.batches import Budget, Need, urn_sizes
from acncodec.ordering.strategies import STRATEGIES
from acncodec.ordering.urn import HEADER_BITS, choose_urn, urn_bits
from acncodec.run.workers import Workers
from acncodec.shards.codec import shard_codec


@pytest.fixture
def pixels() -> NDArray[np.uint8]:
    return np.unique(blobs(500, 6), axis=0)


@pytest.mark.parametrize("rule", [UrnRule(1), UrnRule(10_000), UrnRule(10, 12)])
def test_estimates_come_true(
    tiny_model: FrozenModel, pixels: NDArray[np.uint8], rule: UrnRule
) -> None:
    sizes = urn_sizes(len(pixels), Need(40.0, 25.0), Budget(20.0, 8))
    with Workers(1, 256) as workers:
        codes = encode_images(tiny_model, pixels, workers)
        stack = random_stack(2000, seed=0)
        urn = STRATEGIES["urn"]
        codec = shard_codec(
            urn,
            urn.schedule(sizes),
            rule,
            tiny_model,
            tiny_model.accepts,
            workers,
            lambda _count: None,
        )
        codec.push(stack, Coded(pixels, codes))
    tally = codec.tally
    chosen, bits = choose_urn(
        tiny_model.latents.prices(), codes, sizes, 0, (rule.alpha,), (rule.kernel,)
    )
    assert chosen == rule
    assert abs(tally.latent_bits + HEADER_BITS - bits) < 10 * math.sqrt(codes.size)


def test_the_cheapest_rule_is_taken(tiny_model: FrozenModel, pixels: NDArray[np.uint8]) -> None:
    codes = tiny_model.encoder.codes(pixels)
    sizes = urn_sizes(len(pixels), Need(40.0, 25.0), Budget(20.0, 8))
    prices = tiny_model.latents.prices()
    rule, bits = choose_urn(prices, codes, sizes, 0)
    assert choose_urn(prices, codes, sizes, 0) == (rule, bits)
    for alpha in (1, 1000, 100_000):
        for kernel in (0, 14):
            assert choose_urn(prices, codes, sizes, 0, (alpha,), (kernel,))[1] >= bits


def test_codes_far_from_the_training_data_make_an_urn_that_rests_on_what_it_saw(
    tiny_model: FrozenModel,
) -> None:
    rng = np.random.default_rng(0)
    centres = rng.choice([-1, 1], (3, 4)) * tiny_model.encoder.code_reach
    codes = centres[rng.integers(0, 3, 600)] // 2 + rng.integers(-4, 5, (600, 4))
    sizes = urn_sizes(600, Need(40.0, 25.0), Budget(20.0, 8))
    rule, bits = choose_urn(tiny_model.latents.prices(), codes, sizes, 0)
    assert rule.alpha <= 10
    assert bits < choose_urn(tiny_model.latents.prices(), codes, sizes, 0, (100_000,))[1] - 600


def test_no_images_cost_nothing_but_the_header(tiny_model: FrozenModel) -> None:
    assert (
        choose_urn(tiny_model.latents.prices(), np.zeros((0, 4), np.int64), (), 0)[1] == HEADER_BITS
    )


def test_bits_of_an_urn_by_hand() -> None:
    fresh, earlier = np.log2([0.5, 0.5, 0.25]), np.array([-np.inf, np.log2(0.75), -np.inf])
    bits = urn_bits(fresh, earlier, np.array([0, 2, 3]), 1)
    expected = [0.5, (0.5 + 0.75) / 3, 0.25 / 4]
    assert np.allclose(bits, -np.log2(expected))
