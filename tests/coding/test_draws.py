"""Draws without replacement: kinds of items of which it is known how many there are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from invertibility import random_stack

from acncodec.coding.draws import Draws, even
from acncodec.contracts.distribution import TOTAL
from acncodec.errors import CoderError
from acncodec.stack.ans import Stack


@pytest.mark.parametrize("counts", [[3], [0, 4, 0], [5, 1, 7], [300, 2], [1] * 40, []])
def test_kinds_come_back_in_pieces(counts: list[int]) -> None:
    rng = np.random.default_rng(2)
    kinds = rng.permutation(np.repeat(np.arange(len(counts)), counts))
    stack = random_stack(100, 3)
    before, sizes = stack.words(), [2, 1, len(kinds)]
    alice, bob = Draws(np.array(counts, np.int64)), Draws(np.array(counts, np.int64))
    pieces, at = [], 0
    for size in sizes:
        pieces.append(kinds[at : at + size])
        at += size
    for piece in reversed(pieces):
        alice.push(stack, piece)
    found = [bob.pop(stack, len(piece)) for piece in pieces]
    assert np.array_equal(np.concatenate(found), kinds)
    assert np.array_equal(stack.words(), before)


def test_a_whole_costs_the_multinomial() -> None:
    counts = np.array([40, 60, 3])
    kinds = np.random.default_rng(1).permutation(np.repeat(np.arange(3), counts))
    stack = Stack.seeded(bytes(32))
    Draws(counts).push(stack, kinds)
    wanted = math.lgamma(104) - sum(math.lgamma(count + 1) for count in counts)
    assert stack.ideal_bits == pytest.approx(wanted / math.log(2), abs=0.01)


def test_shares_are_those_of_the_format() -> None:
    assert even(np.array([1, 1, 1])).tolist() == [5592406, 5592405, 5592405]
    found = even(np.array([5, 1, 10]))
    assert found.sum() == TOTAL and found.tolist() == [5242880, 1048576, 10485760]
    assert even(np.array([TOTAL - 1, 1])).tolist() == [TOTAL - 1, 1]
    with pytest.raises(CoderError, match="more than 2"):
        even(np.array([TOTAL, 1]))
