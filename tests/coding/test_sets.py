"""Sets: Bob gets every image back, from other threads and batches, with and without an urn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from invertibility import random_stack
from tiny import blobs

from acncodec.coding.bitsback import Coded
from acncodec.coding.sequence import Shared
from acncodec.coding.sets import SetOf
from acncodec.contracts.latent_space import UrnRule
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.priors import UnconditionalPriors
from acncodec.run.workers import Workers


def set_of(
    model: FrozenModel,
    workers: Workers,
    sizes: tuple[int, ...],
    seen: list[int],
    rule: UrnRule | None,
) -> SetOf:
    space = model.latents
    shared = Shared(
        lambda z: model.likelihood.codec(z, workers),
        lambda pixels: encode_images(model, pixels, workers),
        space.posterior,
    )
    priors = space.urn(rule, sum(sizes)) if rule else UnconditionalPriors(space)
    return SetOf(sizes, shared, priors, seen.append)


RULES = [None, UrnRule(1), UrnRule(100, 10), UrnRule(2**32 - 1)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("sizes", [(), (1,), (1, 1), (5, 12, 40, 20, 3), (80,)])
def test_a_set_comes_back(
    tiny_model: FrozenModel, rule: UrnRule | None, sizes: tuple[int, ...]
) -> None:
    pixels = np.unique(blobs(200, 4), axis=0)[: sum(sizes)]
    seen: list[int] = []
    stacks = []
    for threads, batch in ((1, 7), (2, 256)):
        stack = random_stack(800, seed=0)
        message = stack.words()
        with Workers(threads, batch) as workers:
            codes = encode_images(tiny_model, pixels, workers)
            alice = set_of(tiny_model, workers, sizes, seen, rule)
            alice.push(stack, Coded(pixels, codes))
        tally = alice.tally
        stacks.append(stack)
        parts = tally.latent_bits + tally.pixel_bits + tally.choice_bits
        assert parts == pytest.approx(stack.ideal_bits, abs=1e-6)
        refund = math.lgamma(len(pixels) + 1) / math.log(2)
        assert -tally.choice_bits == pytest.approx(refund, abs=0.05)
    assert np.array_equal(stacks[0].words(), stacks[1].words())
    with Workers(1, 5) as workers:
        back = list(set_of(tiny_model, workers, sizes, seen, rule).pop(stack))
    assert [len(part) for part in back] == list(sizes)
    assert np.array_equal(np.unique(np.concatenate([pixels[:0], *back]), axis=0), pixels)
    assert np.array_equal(stack.words(), message)


def test_a_set_without_latents_gives_its_order_back(baseline: FrozenModel) -> None:
    pixels = np.unique(blobs(200, 4), axis=0)[:60]
    sizes, stack = (40, 20), random_stack(800, seed=0)
    message = stack.words()
    with Workers(1, 256) as workers:
        codes = encode_images(baseline, pixels, workers)
        alice = set_of(baseline, workers, sizes, [], None)
        alice.push(stack, Coded(pixels, codes))
        refund = math.lgamma(61) / math.log(2)
        assert -alice.tally.choice_bits == pytest.approx(refund, abs=0.05)
        assert (alice.tally.latent_bits == 0.0) == (codes.shape[1] == 0)
        back = list(set_of(baseline, workers, sizes, [], None).pop(stack))
    assert np.array_equal(np.unique(np.concatenate(back), axis=0), pixels)
    assert np.array_equal(stack.words(), message)
