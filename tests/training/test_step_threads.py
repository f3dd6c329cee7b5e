"""By how many threads steps go: what is tried, what is taken, and when it is tried again."""

from __future__ import annotations

from collections.abc import Callable

from acncodec.training.step_threads import LEAST_REST, REST, TRIED, UNTRIED, StepThreads, numbers_of

AT_ONCE = UNTRIED + TRIED


class Machine:
    """A clock, and what was told; `seconds` of a step follow from the threads it has."""

    def __init__(self, most: int, seconds: Callable[[int], float]) -> None:
        self.now, self.seconds = 0.0, seconds
        self.number, self.told = 0, list[str]()
        self.threads = StepThreads(most, self.told.append, clock=lambda: self.now, give=self._take)

    def _take(self, number: int) -> None:
        self.number = number

    def steps(self, count: int) -> list[int]:
        """By how many threads so many steps went."""
        went = []
        for _ in range(count):
            went.append(self.number)
            took = self.seconds(self.number)
            self.now += took
            self.threads.took(took)
        return went


def test_the_numbers_that_are_tried() -> None:
    assert [numbers_of(most) for most in (1, 2, 3, 8, 12)] == [
        (1,), (1, 2), (1, 2, 3), (1, 2, 4, 8), (1, 2, 4, 8, 12)
    ]  # fmt: skip


def test_more_threads_are_taken_while_they_help() -> None:
    machine = Machine(16, lambda number: 1.0 / number if number <= 4 else 0.3)
    went = machine.steps(6 * AT_ONCE)
    assert went[: 4 * AT_ONCE] == [
        number for number in (1, 2, 4, 8) for _ in range(AT_ONCE)
    ]  # sixteen are not tried: eight were no gain
    assert set(went[4 * AT_ONCE :]) == {4}
    assert machine.told == ["steps of training go by 4 of 16 threads: so they take less time here"]


def test_all_threads_are_taken_without_a_word_where_they_are_best() -> None:
    machine = Machine(2, lambda number: 1.0 / number)
    assert set(machine.steps(4 * AT_ONCE)[2 * AT_ONCE :]) == {2}
    assert not machine.told


def test_what_follows_the_steps_has_all_threads() -> None:
    machine = Machine(2, lambda number: 1.0 * number)
    machine.steps(3 * AT_ONCE)
    assert machine.number == 1
    machine.threads.end()
    assert machine.number == 2


def test_a_small_gain_is_none() -> None:
    machine = Machine(2, lambda number: 0.97 if number == 2 else 1.0)
    assert set(machine.steps(4 * AT_ONCE)[2 * AT_ONCE :]) == {1}


def test_steps_before_those_that_count_do_not_count() -> None:
    times = iter([9.0, *[1.0] * TRIED, 99.0, *[0.5] * TRIED, *[0.5] * 20])
    machine = Machine(2, lambda _number: next(times))
    assert set(machine.steps(2 * AT_ONCE + 10)[2 * AT_ONCE :]) == {2}


def test_it_is_tried_again_when_other_work_may_have_gone() -> None:
    busy = True
    machine = Machine(2, lambda number: (2.0 if busy else 0.5) if number == 2 else 1.0)
    machine.steps(2 * AT_ONCE)
    assert machine.number == 1
    busy, tried = False, machine.now
    while machine.number == 1:
        machine.steps(1)
    rest = REST * tried
    assert rest > LEAST_REST
    assert tried + rest <= machine.now <= tried + rest + AT_ONCE + 1
    machine.steps(2 * AT_ONCE)
    assert machine.number == 2
    assert [text.split()[5] for text in machine.told] == ["1", "2"]


def test_short_steps_rest_for_a_minute() -> None:
    machine = Machine(2, lambda number: 0.01 * number)
    machine.steps(2 * AT_ONCE)
    tried = machine.now
    while machine.number == 1:
        machine.steps(1)
        if machine.now > 2 * LEAST_REST:
            break
    assert machine.now - tried >= LEAST_REST
