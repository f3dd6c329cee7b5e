"""Sets: Bob gets every image back, from other threads and batches, with and without an urn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from invertibility import random_stack
from tiny import blobs

from acncodec.coding.bitsback import encode_images
from acncodec.coding.sets import pop_set, push_set
from acncodec.latents.urn import UrnRule
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import iid_schedule
from acncodec.run.workers import Workers

RULES = [None, UrnRule(1), UrnRule(100, 10), UrnRule(2**32 - 1)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("sizes", [(), (1,), (1, 1), (5, 12, 40, 20, 3), (80,)])
def test_a_set_comes_back(
    tiny_model: FrozenModel, rule: UrnRule | None, sizes: tuple[int, ...]
) -> None:
    pixels = np.unique(blobs(200, 4), axis=0)[: sum(sizes)]
    schedule, seen = iid_schedule(sizes), []
    stacks = []
    for threads, batch in ((1, 7), (2, 256)):
        stack = random_stack(800, seed=0)
        message = stack.words()
        with Workers(threads, batch) as workers:
            codes = encode_images(tiny_model, pixels, workers)
            tally = push_set(stack, tiny_model, schedule, pixels, codes, workers, seen.append, rule)
        stacks.append(stack)
        parts = tally.latent_bits + tally.pixel_bits + tally.order_bits
        assert parts == pytest.approx(stack.ideal_bits, abs=1e-6)
        refund = math.lgamma(len(pixels) + 1) / math.log(2)
        assert -tally.order_bits == pytest.approx(refund, abs=0.05)
    assert np.array_equal(stacks[0].words(), stacks[1].words())
    with Workers(1, 5) as workers:
        back = pop_set(stack, tiny_model, schedule, workers, seen.append, rule)
    assert np.array_equal(np.unique(back, axis=0), pixels)
    assert np.array_equal(stack.words(), message)
