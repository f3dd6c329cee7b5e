"""Alice's and Bob's steps invert each other over whole schedules."""

from __future__ import annotations

import numpy as np
import pytest
from invertibility import random_stack
from numpy.typing import NDArray

from acncodec.coding.bitsback import Coded
from acncodec.coding.sequence import InOrder, Sequence, Shared, batches
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.priors import ParentPriors
from acncodec.ordering.schedule import Schedule, iid_schedule, tour_schedule
from acncodec.run.workers import Workers

SCHEDULES = {
    "iid": iid_schedule((20, 12, 5, 3)),
    "tour": tour_schedule((4, 8, 8, 8, 5, 4, 3)),
    "tree": Schedule(
        (1, 3, 4, 12, 20),
        np.array([-1, *[0] * 3, *[-1] * 4, *[0, 2, 5, 7] * 3, *range(20)]),
    ),
}


def sequence(model: FrozenModel, workers: Workers, schedule: Schedule, seen: list[int]) -> Sequence:
    shared = Shared(
        lambda z: model.likelihood.codec(z, workers),
        lambda pixels: encode_images(model, pixels, workers),
        model.latents.posterior,
    )
    priors = ParentPriors(model.latents, schedule)
    return Sequence(schedule.sizes, shared, priors, seen.append)


@pytest.mark.parametrize("name", SCHEDULES)
def test_any_schedule_comes_back_from_another_batch_and_thread_count(
    tiny_model: FrozenModel, images: NDArray[np.uint8], name: str
) -> None:
    schedule, seen = SCHEDULES[name], []
    stack = random_stack(500, seed=0)
    message = stack.words()
    with Workers(2, 256) as workers:
        codes = encode_images(tiny_model, images, workers)
        alice = sequence(tiny_model, workers, schedule, seen)
        alice.push(stack, Coded(images, codes))
    assert sum(seen) == len(images)
    tally = alice.tally
    assert tally.latent_bits + tally.pixel_bits == pytest.approx(stack.ideal_bits)
    assert tally.order_bits == tally.choice_bits == 0.0
    with Workers(1, 7) as workers:
        back = list(sequence(tiny_model, workers, schedule, seen).pop(stack))
    assert [len(part) for part in back] == list(schedule.sizes)
    assert np.array_equal(np.concatenate(back), images)
    assert np.array_equal(stack.words(), message)


def test_the_bits_do_not_depend_on_threads_or_batch(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    results = []
    for threads, batch in ((1, 3), (2, 256)):
        stack = random_stack(500, seed=1)
        with Workers(threads, batch) as workers:
            codes = encode_images(tiny_model, images, workers)
            alice = sequence(tiny_model, workers, SCHEDULES["tour"], [])
            alice.push(stack, Coded(images, codes))
        results.append(stack.words())
    assert np.array_equal(*results)


def test_the_first_batches_can_be_had_alone(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    schedule, stack = SCHEDULES["tour"], random_stack(500, seed=3)
    with Workers(1, 256) as workers:
        codes = encode_images(tiny_model, images, workers)
        sequence(tiny_model, workers, schedule, []).push(stack, Coded(images, codes))
        part = sequence(tiny_model, workers, schedule.first_batches(3), [])
        assert np.array_equal(np.concatenate(list(part.pop(stack))), images[:20])


def test_alice_and_bob_see_the_same_images_before_a_batch() -> None:
    alice, bob, stack = InOrder(40), InOrder(), random_stack(1, seed=0)
    taken = [(alice.take(stack, size).tolist(), alice.earlier().tolist()) for size in (3, 5, 32)]
    for rows, earlier in reversed(taken):
        assert bob.earlier().tolist() == earlier
        assert rows == list(range(len(earlier), len(earlier) + len(rows)))
        bob.give(stack, np.zeros((len(rows), 1, 1, 1), np.uint8))


def test_batches_follow_each_other() -> None:
    assert batches(()) == []
    assert batches((3, 1, 2)) == [slice(0, 3), slice(3, 4), slice(4, 6)]
