"""No latents are latents too: the contract holds, and nothing is coded."""

from __future__ import annotations

import numpy as np
import pytest
from contracts.latent_space import LatentSpaceContract
from invertibility import random_stack
from numpy.typing import NDArray
from tiny import frozen

from acncodec.contracts.latent_space import LatentSpace
from acncodec.latents.none import NoLatents
from acncodec.stack.ans import Stack

Ints = NDArray[np.int64]


class TestNoLatents(LatentSpaceContract):
    """Codes without dimensions."""

    @pytest.fixture
    def space(self) -> LatentSpace:
        """The space of nothing."""
        return NoLatents()

    @pytest.fixture
    def codes(self) -> Ints:
        """40 of them."""
        return np.zeros((40, 0), np.int64)


def test_a_model_without_an_encoder_has_it() -> None:
    assert frozen(1, "pixelcnn").latents == NoLatents()
    assert frozen(1, "vae").latents.shape == (4,)


def test_even_an_empty_stack_will_do() -> None:
    space, stack = NoLatents(), Stack(np.zeros(0, np.uint32), seal=True)
    z = space.posterior(np.zeros((500, 0), np.int64)).pop(stack)
    space.prior(500).push(stack, z)
    assert z.shape == space.prior(500).pop(stack).shape == (500, 0)
    assert stack.ideal_bits == 0.0 and len(stack.words()) <= 1


def test_nothing_costs_nothing() -> None:
    prices = NoLatents().prices()
    assert (prices.posterior_bits, prices.spread_bits, prices.taken_bits()) == (0.0, 0.0, 0.0)
    stack = random_stack(3, seed=0)
    NoLatents().prior(4).push(stack, np.zeros((4, 0), np.int64))
    assert stack.ideal_bits == 0.0
