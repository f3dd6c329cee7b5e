"""Every codec goes through the one invertibility check."""

from __future__ import annotations

import math

import numpy as np
import pytest
from invertibility import check_invertibility, random_stack
from numpy.typing import NDArray

from acncodec.arithmetic.tables import NOISE_REACH
from acncodec.coding.pixels import PixelCodec
from acncodec.errors import CoderError
from acncodec.latents.codecs import ConditionalPrior, Posterior, UnconditionalPrior
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.estimate import grid_samples
from acncodec.run.workers import Workers
from acncodec.stack.ans import TOTAL, Stack, StackExhaustedError
from acncodec.stack.elementary import Permutation, Table, Uniform


def test_table() -> None:
    rng = np.random.default_rng(0)
    weights = np.floor(rng.dirichlet(np.ones(7), 500) * (TOTAL - 7))
    weights[:, 0] += TOTAL - 7 - weights.sum(1)
    check_invertibility(Table(weights), rng.integers(0, 7, 500))
    check_invertibility(Table(weights[:1], 300), rng.integers(0, 7, 300))


@pytest.mark.parametrize("size", [1, 2, 3, 1000, 4097, 70_000, 1 << 24])
def test_uniform_costs_log2_of_its_size(size: int) -> None:
    codec = Uniform(size)
    rng = np.random.default_rng(size)
    for symbol in {0, size - 1, *rng.integers(0, size, 5).tolist()}:
        check_invertibility(codec, int(symbol), repeats=20)
        assert codec.bits(int(symbol)) == pytest.approx(math.log2(size), abs=2e-3)


def test_uniform_refuses_what_it_cannot_code() -> None:
    for size in (0, (1 << 24) + 1):
        with pytest.raises(CoderError):
            Uniform(size)
    with pytest.raises(CoderError):
        Uniform(5).push(random_stack(10, 0), 5)


@pytest.mark.parametrize("size", [0, 1, 2, 17, 500])
def test_permutation_costs_log2_of_the_factorial(size: int) -> None:
    order = np.random.default_rng(size).permutation(size)
    codec = Permutation(size)
    check_invertibility(codec, order)
    exact = math.lgamma(size + 1) / math.log(2)
    assert codec.bits(order) == pytest.approx(exact, rel=1e-4, abs=1e-2)


@pytest.mark.parametrize("size", [1, 2, 10, 1000, 10_000])
def test_a_permutation_on_a_stack_costs_at_most_8_bits_more(size: int) -> None:
    order = np.random.default_rng(size).permutation(size)
    stack = random_stack(100, seed=0)
    before = stack.valid_bits
    Permutation(size).push(stack, order)
    exact = math.lgamma(size + 1) / math.log(2)
    assert exact - 1 < stack.valid_bits - before < exact + 8
    assert exact - 1 < stack.ideal_bits < exact + 1


def test_what_is_no_permutation_is_refused() -> None:
    with pytest.raises(CoderError):
        Permutation(3).push(random_stack(10, 0), np.array([0, 1, 1]))


def test_posterior(tiny_model: FrozenModel, images: NDArray[np.uint8]) -> None:
    codes = tiny_model.encoder.codes(images)
    noise = np.random.default_rng(0).normal(0, 8, codes.shape)
    z = codes + np.rint(noise).astype(np.int64)
    check_invertibility(Posterior(codes, NOISE_REACH), z)


def test_posterior_refuses_to_draw_from_too_short_a_stack(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    with pytest.raises(StackExhaustedError):
        Posterior(codes, NOISE_REACH).pop(Stack.seeded(bytes(32)))


def test_conditional_prior(tiny_model: FrozenModel, images: NDArray[np.uint8]) -> None:
    codes = tiny_model.encoder.codes(images)
    z = grid_samples(codes, seed=0)
    check_invertibility(ConditionalPrior(tiny_model.prior, np.roll(codes, 1, 0)), z)


def test_unconditional_prior_gives_its_component_back(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    z = np.tile(grid_samples(tiny_model.encoder.codes(images), seed=0), (20, 1))
    codec = UnconditionalPrior(tiny_model.mixture, *z.shape)
    stack = random_stack(20_000, seed=1)
    message, start = stack.words(), stack.valid_bits
    codec.push(stack, z)
    # The component is random, so one push scatters around the expectation that `bits` gives.
    assert stack.ideal_bits == pytest.approx(codec.bits(z), rel=1e-2)
    assert stack.valid_bits - start == pytest.approx(stack.ideal_bits, rel=1e-3)
    assert np.array_equal(codec.pop(stack), z)
    assert np.array_equal(stack.words(), message)


@pytest.mark.parametrize(("threads", "batch"), [(1, 256), (2, 256), (2, 7)])
def test_pixels(
    tiny_model: FrozenModel, images: NDArray[np.uint8], threads: int, batch: int
) -> None:
    z = grid_samples(tiny_model.encoder.codes(images), seed=0)
    with Workers(threads, batch) as workers:
        check_invertibility(PixelCodec(tiny_model.decoder, z, workers), images)
