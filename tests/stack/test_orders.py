"""What orders are worth, beside orders that are counted."""

from __future__ import annotations

import itertools
import math

import pytest

from acncodec.stack.orders import arrangement_bits, permutation_bits


@pytest.mark.parametrize("count", range(7))
def test_permutations_are_counted(count: int) -> None:
    ways = sum(1 for _ in itertools.permutations(range(count)))
    assert permutation_bits(count) == pytest.approx(math.log2(ways))


@pytest.mark.parametrize("counts", [(), (4,), (2, 3), (1, 2, 3), (3, 0, 2)])
def test_arrangements_of_kinds_are_counted(counts: tuple[int, ...]) -> None:
    things = [kind for kind, count in enumerate(counts) for _ in range(count)]
    ways = len(set(itertools.permutations(things)))
    assert arrangement_bits(counts) == pytest.approx(math.log2(ways))
