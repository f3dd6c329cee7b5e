"""The codecs of latents: each goes through the one invertibility check."""

from __future__ import annotations

import numpy as np
import pytest
from invertibility import check_invertibility, random_stack
from numpy.typing import NDArray

from acncodec.arithmetic.tables import NOISE_REACH
from acncodec.latents.codecs import ConditionalPrior, Posterior, UnconditionalPrior
from acncodec.latents.gaussian_prices import grid_samples
from acncodec.models.frozen import FrozenModel
from acncodec.stack.ans import Stack, StackExhaustedError


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
