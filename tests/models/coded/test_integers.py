"""Arrays of integers on a stack: there and back, in few bits where they have a step."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from acncodec.errors import FormatError
from acncodec.models.coded.geometric import MAX_BOUND
from acncodec.models.coded.integers import REACH, Plan, plan_for
from acncodec.stack.ans import Stack

values = st.lists(st.integers(-(1 << 53), 1 << 53), max_size=40) | st.lists(
    st.integers(-300, 300), max_size=60
)


def pushed(array: np.ndarray, plan: Plan) -> Stack:
    stack = Stack(np.zeros(0, np.uint32), seal=True)
    plan.push(stack, array)
    return stack


@settings(deadline=None)  # the first example compiles
@given(values, st.integers(1, 40), st.integers(-(1 << 50), 1 << 50))
def test_any_integers_come_back_and_leave_nothing(
    given_values: list[int], step: int, base: int
) -> None:
    array = np.array(given_values, np.int64) * step + base
    plan = plan_for(array)
    stack = pushed(array, plan)
    np.testing.assert_array_equal(plan.pop(stack, len(array)), array)
    assert not len(stack.unsealed())


def test_multiples_of_a_step_cost_what_their_quotients_cost() -> None:
    quotients = np.rint(np.random.default_rng(1).laplace(0, 3, 2000)).astype(np.int64)
    plan = plan_for(264 * quotients)
    assert (plan.base, plan.step, plan.low_bits) == (0, 264, 0)
    assert (
        pushed(264 * quotients, plan).ideal_bits
        == pushed(quotients, plan_for(quotients)).ideal_bits
    )
    shares = np.unique(quotients, return_counts=True)[1] / len(quotients)
    entropy = -float((shares * np.log2(shares)).sum())
    assert plan.bits(264 * quotients) / len(quotients) < 1.02 * entropy + 0.03


def test_an_array_of_one_value_takes_nothing() -> None:
    plan = plan_for(np.full(9, 13, np.uint8))
    assert plan == Plan(13)
    assert pushed(np.full(9, 13), plan).ideal_bits == 0


def test_large_values_have_low_bits_of_their_own() -> None:
    plan = plan_for(np.array([0, 1, -(1 << 40)]))
    assert plan.low_bits == 28 and plan.bound <= MAX_BOUND


@pytest.mark.parametrize(
    ("base", "step", "bound", "low_bits"),
    [
        (REACH, 0, 0, 0),
        (0, -1, 1, 0),
        (0, 1, 1, 49),
        (0, 1 << 50, MAX_BOUND, 0),
        (0, 1 << 20, 1, 42),
    ],
)
def test_values_that_could_leave_63_bits_are_refused(
    base: int, step: int, bound: int, low_bits: int
) -> None:
    with pytest.raises(FormatError, match=r"63 bits|low bits"):
        Plan(base, step, bound, 0, low_bits)
