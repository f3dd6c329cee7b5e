"""A few bytes cannot ask for hours of work."""

from __future__ import annotations

import pytest
from level_sets import tiny_resnet
from tiny import frozen

from acncodec.errors import TooLargeError
from acncodec.models import work
from acncodec.models.work import (
    FREE_MACS,
    FREE_SECONDS,
    MACS_A_BYTE,
    MAX_PIXELS,
    SECONDS_A_BYTE,
    SIDE_BY_SIDE,
    STEP_SECONDS,
    SYMBOL_SECONDS,
    TENSOR_SECONDS,
    Work,
    check_work,
    is_slow,
    stack_work,
)


def test_multiply_adds_beyond_what_is_free_must_be_worth_their_bytes() -> None:
    check_work(Work(macs=FREE_MACS), 0)
    check_work(Work(macs=1000 * MACS_A_BYTE + FREE_MACS), 1000 + FREE_MACS // MACS_A_BYTE)
    with pytest.raises(TooLargeError, match=r"multiply-adds, too many for 10 bytes: .*allow-large"):
        check_work(Work(macs=FREE_MACS + 1), 10)


@pytest.mark.parametrize("kind", ["symbols", "steps"])
def test_so_must_time_that_a_tiny_network_takes(kind: str) -> None:
    each = {"symbols": SYMBOL_SECONDS / 2, "steps": STEP_SECONDS}[kind]
    free = int(FREE_SECONDS / each)
    check_work(Work(**{kind: free - 1}), 0)
    with pytest.raises(TooLargeError, match="too long for 100 bytes"):
        check_work(Work(**{kind: free + 1}), 100)
    check_work(Work(**{kind: free + 1}), int(FREE_SECONDS / SECONDS_A_BYTE) + 1)


def test_so_must_the_layers_of_a_deep_one(monkeypatch: pytest.MonkeyPatch) -> None:
    model = tiny_resnet(1)
    assert stack_work(model, [((1, 6, 5), 3)], [3]).deep == 0
    monkeypatch.setattr(work, "USUAL_TENSORS", model.tensor_count - 5)
    done = stack_work(model, [((1, 6, 5), 3)], [3])
    assert (done.steps, done.deep) == (30, 5 * 30)
    assert (done + done).deep == 300
    free = int(FREE_SECONDS / TENSOR_SECONDS)
    check_work(Work(deep=free - 1), 0)
    with pytest.raises(TooLargeError, match="too long for 100 bytes"):
        check_work(Work(deep=free + 9), 100)


def test_eight_large_images_of_a_tiny_network_are_not_worth_a_kilobyte() -> None:
    done = stack_work(tiny_resnet(1), [((1, 1 << 12, 1 << 13), 8)], [8])
    assert done.macs < FREE_MACS
    with pytest.raises(TooLargeError):
        check_work(done, 1000)


def test_work_is_that_of_all_images_and_steps_those_of_batches() -> None:
    model = tiny_resnet(3)
    done = stack_work(model, [((3, 6, 5), 40), ((3, 2, 9), 10)], [30, 20])
    assert done.macs == 40 * model.macs_of((6, 5)) + 10 * model.macs_of((2, 9))
    assert done.symbols == 3 * (40 * 30 + 10 * 18)
    assert done.steps == 2 * 3 * 6 * 9
    wide = stack_work(model, [((3, 6, 5), 3 * SIDE_BY_SIDE)], [2 * SIDE_BY_SIDE, SIDE_BY_SIDE])
    assert wide.steps == 3 * 90
    # There are no more steps than samples, however odd the shapes.
    assert stack_work(model, [((3, 1, 50), 1), ((3, 50, 1), 1)], [1, 1]).steps == 300


def test_a_fixed_number_of_levels_takes_no_symbol_one_by_one() -> None:
    done = stack_work(frozen(6), [((1, 8, 8), 100)], [100])
    assert (done.symbols, done.steps) == (0, 64)
    assert done.macs == 100 * frozen(6).macs_per_image


def test_work_adds_up_and_threads_share_all_but_steps() -> None:
    done = Work(10, 20, 30) + Work(1, 2, 3)
    assert done == Work(11, 22, 33)
    steps = Work(steps=33).seconds()
    assert done.seconds(1) - steps == pytest.approx(4 * (done.seconds(4) - steps))


def test_an_image_is_slow_by_its_multiply_adds_or_its_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = tiny_resnet(1)
    assert not is_slow(model, (1, 512, 512))
    assert is_slow(model, (1, 1 << 13, MAX_PIXELS // (1 << 13) + 1))
    monkeypatch.setattr(work, "SLOW_MACS", model.macs_of((9, 9)))
    assert not is_slow(model, (1, 9, 9)) and is_slow(model, (1, 9, 10))
