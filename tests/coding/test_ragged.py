"""Images of several sizes and levels side by side: as alone, in whatever teams."""

from __future__ import annotations

import numpy as np
import pytest
from invertibility import random_stack
from level_sets import tiny_resnet

from acncodec.coding.ragged import RaggedSites
from acncodec.coding.ragged_teams import KEPT, stretches
from acncodec.coding.sites import no_loop
from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack

SIZES = [(6, 5), (1, 1), (9, 2), (2, 11), (6, 5), (7, 7), (1, 12), (12, 1), (3, 4)]


def images(channels: int, count: int, levels: list[int], seed: int = 3) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    found = []
    for index in range(count):
        height, width = SIZES[index % len(SIZES)]
        most = levels[index % len(levels)]
        dtype = np.uint8 if most <= 256 else np.uint16
        found.append(rng.integers(0, most, (channels, height, width)).astype(dtype))
    return found


def kinds(given: list[np.ndarray], levels: list[int]) -> list[ImageKind]:
    return [
        ImageKind.of(image.shape, levels[index % len(levels)]) for index, image in enumerate(given)
    ]


def codec(given: list[np.ndarray], levels: list[int], workers: Workers) -> RaggedSites:
    model = tiny_resnet(given[0].shape[0])
    z = np.zeros((len(given), 0), np.int64)
    return model.likelihood.several(kinds(given, levels), z, workers)


def same(ones: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return all(
        one.dtype == other.dtype and np.array_equal(one, other)
        for one, other in zip(ones, others, strict=True)
    )


@pytest.mark.parametrize(
    ("channels", "levels"), [(1, [256]), (3, [256, 2]), (2, [70, 2, 300]), (4, [256])]
)
def test_images_come_back_and_cost_what_each_costs_alone(channels: int, levels: list[int]) -> None:
    given, model = images(channels, 21, levels), tiny_resnet(channels)
    with Workers(1, 256) as workers:
        made = codec(given, levels, workers)
        assert isinstance(made, RaggedSites)
        bits = made.image_bits(given)
        stack = random_stack(400, 1)
        before, valid = stack.words(), stack.valid_bits
        assert np.allclose(made.push_priced(stack, given), bits)
        assert abs(stack.valid_bits - valid - bits.sum()) < 33
        assert stack.ideal_bits == pytest.approx(made.bits(given))
        assert same(made.pop(stack), given)
        assert np.array_equal(stack.words(), before)
        for image, kind, cost in zip(given, kinds(given, levels), bits, strict=True):
            alone = model.likelihood.of(kind).codec(np.zeros((1, 0), np.int64), workers)
            assert cost == pytest.approx(alone.bits(image[None]), abs=1e-6)


def test_threads_and_batches_change_no_word() -> None:
    levels = [256, 2]
    given = images(3, 50, levels)
    words = []
    for threads, batch in ((1, 256), (2, 256), (1, 7), (2, 3)):
        with Workers(threads, batch) as workers:
            made = codec(given, levels, workers)
            stack = Stack.seeded(bytes(32))
            made.push(stack, given)
            words.append(stack.words().tobytes())
            assert same(made.pop(stack), given)
            assert stack.words().tobytes() == Stack.seeded(bytes(32)).words().tobytes()
    assert len(set(words)) == 1


def test_one_pixel_after_the_other_fewer_levels_first() -> None:
    """The order of docs/FORMAT.md, 3.1, spelled out: the same words symbol by symbol."""
    levels = [256, 2]
    given = images(1, 9, levels, seed=8)
    model = tiny_resnet(1)
    with Workers(1, 256) as workers:
        made = codec(given, levels, workers)
        stack = Stack.seeded(bytes(32))
        made.push(stack, given)
        parts = []
        for image, kind in zip(given, kinds(given, levels), strict=True):
            alone = model.likelihood.of(kind).codec(np.zeros((1, 0), np.int64), workers)
            parts.append(alone.priced(image[None]))
    order = []
    for row in range(max(image.shape[1] for image in given)):
        for column in range(max(image.shape[2] for image in given)):
            for level in sorted(levels):
                for index, image in enumerate(given):
                    there = image.shape[1] > row and image.shape[2] > column
                    if there and levels[index % 2] == level:
                        order.append((index, row * image.shape[2] + column))
    by_hand = Stack.seeded(bytes(32))
    for index, place in reversed(order):
        by_hand.push_intervals(
            parts[index]._replace(
                symbols=parts[index].symbols[place : place + 1],
                starts=parts[index].starts[place : place + 1],
                frequencies=parts[index].frequencies[place : place + 1],
            )
        )
    assert stack.words().tobytes() == by_hand.words().tobytes()


def test_images_of_other_channels_are_refused() -> None:
    given = images(3, 4, [256])
    with Workers(1, 4) as workers, pytest.raises(ModelError, match="the model codes"):
        tiny_resnet(1).likelihood.several(kinds(given, [256]), np.zeros((4, 0), np.int64), workers)


def test_stretches_cover_all_columns_and_waste_at_most_a_quarter_at_their_ends() -> None:
    rng = np.random.default_rng(5)
    for widths in (np.array([7]), np.array([4, 4, 4]), rng.integers(1, 50, 200)):
        found = stretches(np.sort(widths)[::-1])
        assert [start for start, _ in found] == [0, *(stop for _, stop in found[:-1])]
        assert found[-1][1] == widths.max()
        for start, stop in found:
            assert (widths >= stop).sum() > KEPT * (widths > start).sum()
    assert stretches(np.array([9] * 8 + [3])) == [(0, 9)]
    assert stretches(np.array([9] * 3 + [3])) == [(0, 3), (3, 9)]


@pytest.mark.parametrize(("threads", "batch"), [(1, 256), (1, 7), (2, 256), (2, 3), (3, 9)])
@pytest.mark.parametrize("levels", [[256], [70, 2, 300]])
def test_compiled_loops_pop_what_walks_do(threads: int, batch: int, levels: list[int]) -> None:
    given = images(3, 50, levels)
    found = []
    for looped in (True, False):
        with Workers(threads, batch) as workers:
            made = codec(given, levels, workers)
            if not looped:
                made._join = no_loop
            stack = random_stack(9000, 5)
            found.append((made.pop(stack), stack.words().tobytes(), stack.ideal_bits))
    (ones, words, bits), (others, left, wanted) = found
    assert same(ones, others) and words == left and bits == pytest.approx(wanted)
