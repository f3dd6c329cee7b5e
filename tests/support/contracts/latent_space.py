"""What every latent space promises: inherit `LatentSpaceContract` and say which space it is."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import pytest
from invertibility import check_invertibility, random_stack
from numpy.typing import NDArray

from acncodec.contracts.latent_space import LatentSpace, UrnRule
from acncodec.errors import ModelError

Ints = NDArray[np.int64]
WORDS = 4000


class LatentSpaceContract(ABC):
    """The tests; a subclass has the fixtures `space` and `codes`, of some 40 different images."""

    @pytest.fixture
    @abstractmethod
    def space(self) -> LatentSpace:
        """The space."""

    @pytest.fixture
    @abstractmethod
    def codes(self) -> Ints:
        """int64 (n, *shape)."""

    def test_codes_have_its_shape(self, space: LatentSpace, codes: Ints) -> None:
        assert codes.shape[1:] == space.shape == space.prices().shape
        assert codes.dtype == np.int64

    def test_the_posterior_is_popped_and_pushed_back(self, space: LatentSpace, codes: Ints) -> None:
        stack = random_stack(WORDS, seed=0)
        message = stack.words()
        z = space.posterior(codes).pop(stack)
        assert z.shape == codes.shape and z.dtype == np.int64
        assert -stack.ideal_bits == pytest.approx(space.posterior(codes).bits(z), abs=1e-6)
        space.posterior(codes).push(stack, z)
        assert np.array_equal(stack.words(), message)

    def test_the_prior_inverts_and_predicts_its_bits(self, space: LatentSpace, codes: Ints) -> None:
        z = space.prices().sample(codes, seed=0)
        codec, stack = space.prior(len(z)), random_stack(WORDS, seed=1)
        message = stack.words()
        codec.push(stack, z)
        # What explains a latent is drawn from the stack; `bits` is the expectation over that.
        assert stack.ideal_bits == pytest.approx(codec.bits(z), rel=2e-2, abs=1e-9)
        assert np.array_equal(space.prior(len(z)).pop(stack), z)
        assert np.array_equal(stack.words(), message)

    def test_no_images_need_no_bits(self, space: LatentSpace, codes: Ints) -> None:
        stack = random_stack(10, seed=2)
        message = stack.words()
        for codec in (space.posterior(codes[:0]), space.prior(0)):
            codec.push(stack, codes[:0])
            assert codec.pop(stack).shape == (0, *space.shape)
        assert np.array_equal(stack.words(), message)

    def test_given_a_parent_it_inverts_or_is_refused(self, space: LatentSpace, codes: Ints) -> None:
        z, parents = space.prices().sample(codes, seed=3), np.roll(codes, 1, 0)
        if not space.conditional:
            with pytest.raises(ModelError):
                space.given(parents)
            return
        check_invertibility(space.given(parents), z)

    def test_an_urn_inverts_or_is_refused(self, space: LatentSpace, codes: Ints) -> None:
        rule, half = UrnRule(5), len(codes) // 2
        if not space.conditional:
            with pytest.raises(ModelError):
                space.urn(rule, len(codes))
            return
        z = space.prices().sample(codes, seed=4)[half:]
        rows, earlier, order = slice(half, len(codes)), np.arange(half), np.arange(half)[::-1]
        alice, bob = space.urn(rule, len(codes)), space.urn(rule, len(codes))
        alice.add(codes)
        bob.add(codes[:half][order])  # in another order, so that his rows differ
        stack = random_stack(WORDS, seed=5)
        message = stack.words()
        alice.of(rows, earlier).push(stack, z)
        assert stack.ideal_bits == pytest.approx(alice.of(rows, earlier).bits(z), rel=2e-2)
        assert np.array_equal(bob.of(rows, order).pop(stack), z)
        assert np.array_equal(stack.words(), message)

    def test_prices_are_those_of_the_codecs(self, space: LatentSpace, codes: Ints) -> None:
        prices, z = space.prices(), space.prices().sample(codes, seed=6)
        drawn = np.concatenate([prices.sample(codes, seed) for seed in range(50)])
        tiled = np.tile(codes, (50, *[1] * (codes.ndim - 1)))
        spent = space.posterior(tiled).bits(drawn) / len(drawn)
        assert spent == pytest.approx(prices.entropy_bits, rel=1e-2, abs=1e-9)
        assert prices.posterior_bits == pytest.approx(prices.entropy_bits, rel=1e-3, abs=1e-9)
        alone = prices.unconditional(z)
        assert alone.shape == (len(z),)
        assert alone.sum() == pytest.approx(space.prior(len(z)).bits(z), rel=1e-2, abs=1e-9)
        if space.conditional:
            parents = np.roll(np.arange(len(z)), 1)
            given = prices.given(z, codes, parents)
            assert given.shape == (len(z),)
            assert given.sum() == pytest.approx(space.given(codes[parents]).bits(z), abs=1e-3)

    def test_a_latent_surely_finds_the_bits_that_are_set_aside(
        self, space: LatentSpace, codes: Ints
    ) -> None:
        prices = space.prices()
        assert 0 <= prices.posterior_bits <= prices.taken_bits()
        for seed in range(50):
            taken = space.posterior(codes).bits(prices.sample(codes, seed))
            most = prices.posterior_bits * len(codes) + prices.spread_bits * len(codes) ** 0.5
            assert taken <= most

    def test_a_sample_depends_on_its_seed_alone(self, space: LatentSpace, codes: Ints) -> None:
        prices = space.prices()
        assert np.array_equal(prices.sample(codes, 7), prices.sample(codes, 7))
        assert space.certain or not np.array_equal(prices.sample(codes, 7), prices.sample(codes, 8))
        noise = np.random.default_rng(7).standard_normal(codes.shape)
        assert np.array_equal(prices.around(codes, noise), prices.sample(codes, 7))
        assert np.array_equal(prices.around(codes, np.zeros(codes.shape)), codes)

    def test_points_are_integers_one_for_each_code(self, space: LatentSpace, codes: Ints) -> None:
        points = space.points(codes)
        assert points.dtype == np.int64 and len(points) == len(codes) and points.ndim == 2
        assert np.array_equal(points, space.prices().points(codes))

    def test_what_may_explain_a_latent_comes_before_it(
        self, space: LatentSpace, codes: Ints
    ) -> None:
        prices, rows = space.prices(), np.arange(len(codes))[3:30]
        z = prices.sample(codes, seed=9)[:5]
        if not space.conditional:
            with pytest.raises(ModelError):
                prices.near(z, codes, rows)
            with pytest.raises(ModelError):
                prices.pairs(codes)
            return
        found = prices.near(z, codes, rows)
        assert len(found) == 5 and found.shape[1] <= len(rows)
        assert found.min() >= 0 and found.max() < len(rows)
        assert all(len(set(row)) == found.shape[1] for row in found.tolist())
        assert prices.near(z, codes, rows[:0]).shape == (5, 0)

    def test_expected_costs_are_means_over_latents(self, space: LatentSpace, codes: Ints) -> None:
        if not space.conditional:
            return
        prices, parents = space.prices(), np.roll(np.arange(len(codes)), 1)
        expected = prices.pairs(codes).pairs(parents, np.arange(len(codes))) / 2**11
        drawn = np.stack(
            [prices.given(prices.sample(codes, seed), codes, parents) for seed in range(200)]
        )
        error = drawn.std(0) / np.sqrt(200)
        assert (np.abs(expected - drawn.mean(0)) < 6 * error + 0.05).all()
