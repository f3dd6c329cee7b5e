"""Turns come in order, and a failure ends all waiting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from acncodec.coding.turns import Turns


def test_turns_come_in_order_whoever_is_ready() -> None:
    turns, seen = Turns(3), list[int]()

    def work(team: tuple[int, ...]) -> None:
        with turns.ending():
            for _ in range(50):
                for part in team:
                    with turns.of(part):
                        seen.append(part)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [(0, 2), (1,)]))
    assert seen == [0, 1, 2] * 50


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_failure_reaches_every_thread(failing: int) -> None:
    turns = Turns(3)

    def work(part: int) -> None:
        with turns.ending():
            for step in range(5):
                with turns.of(part):
                    if step == 2 and part == failing:
                        raise ValueError(str(part))

    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(work, part) for part in range(3)]
        for future in futures:
            with pytest.raises(ValueError, match=str(failing)):
                future.result()


def test_nothing_waits_where_there_are_no_parts() -> None:
    with Turns(0).ending():
        pass


def test_an_end_from_outside_ends_the_waiting() -> None:
    turns = Turns(2)

    def work() -> None:
        with turns.ending(), turns.of(1):
            pass

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(work)
        with pytest.raises(KeyboardInterrupt), turns.ending():
            raise KeyboardInterrupt
        with pytest.raises(KeyboardInterrupt):
            waiting.result()
