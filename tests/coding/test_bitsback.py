"""Alice's and Bob's steps invert each other over whole schedules."""

from __future__ import annotations

import numpy as np
import pytest
from invertibility import random_stack
from numpy.typing import NDArray

from acncodec.coding.bitsback import BitsBack, ParentPrior, encode_images, pop_all, push_all
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import Schedule, iid_schedule, tour_schedule
from acncodec.run.workers import Workers

SCHEDULES = {
    "iid": iid_schedule((20, 12, 5, 3)),
    "tour": tour_schedule((4, 8, 8, 8, 5, 4, 3)),
    "tree": Schedule((1, 3, 16, 20), np.array([-1, 0, 0, -1, *[1, 2, 3, -1] * 4, *range(20)])),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_any_schedule_comes_back_from_another_batch_and_thread_count(
    tiny_model: FrozenModel, images: NDArray[np.uint8], name: str
) -> None:
    schedule, seen = SCHEDULES[name], []
    stack = random_stack(500, seed=0)
    message = stack.words()
    with Workers(2, 256) as workers:
        codes = encode_images(tiny_model, images, workers)
        tally = push_all(stack, tiny_model, schedule, images, codes, workers, seen.append)
    assert sum(seen) == len(images)
    assert tally.latent_bits + tally.pixel_bits == pytest.approx(stack.ideal_bits)
    with Workers(1, 7) as workers:
        back = pop_all(stack, tiny_model, schedule, workers, seen.append)
    assert np.array_equal(back, images)
    assert np.array_equal(stack.words(), message)


def test_the_bits_do_not_depend_on_threads_or_batch(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    results = []
    for threads, batch in ((1, 3), (2, 256)):
        stack = random_stack(500, seed=1)
        with Workers(threads, batch) as workers:
            codes = encode_images(tiny_model, images, workers)
            push_all(
                stack, tiny_model, SCHEDULES["tour"], images, codes, workers, lambda count: None
            )
        results.append(stack.words())
    assert np.array_equal(*results)


def test_a_batch_of_mixed_parents_inverts(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    stack = random_stack(500, seed=2)
    message = stack.words()
    has = np.arange(len(images)) % 3 > 0
    with Workers(1, 256) as workers:
        codes = encode_images(tiny_model, images, workers)
        parents = np.roll(codes, 1, 0)
        coder = BitsBack(tiny_model, workers)
        prior = ParentPrior(tiny_model, parents, has)
        coder.push(stack, images, codes, prior)
        pixels, decoded = coder.pop(stack, prior)
    assert np.array_equal(pixels, images) and np.array_equal(decoded, codes)
    assert np.array_equal(stack.words(), message)
