"""Moves: the change they announce is the change of the recomputed cost, and they can be undone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_costs import made_costs
from numpy.typing import NDArray

from acncodec.ordering.batches import Budget, Need, tour_sizes
from acncodec.ordering.improve import Layout, even_layout, laid_layout
from acncodec.ordering.moves import (
    ALONE,
    ITEM,
    PLACE,
    SHIFTED,
    apply,
    exchange_delta,
    laid_cost,
    lay,
    reverse_delta,
    undo,
)


def plain_cost(costs: object, layout: Layout, tour: NDArray[np.int64]) -> int:
    """The cost from its definition, item by item."""
    total = 0
    forward, backward, head = layout.parts
    for k, item in enumerate(tour):
        total += int(head[k]) * int(costs.alone[item])  # type: ignore[attr-defined]
        if k + 1 < len(tour):
            pair = tour[k : k + 1], tour[k + 1 : k + 2]
            total += int(forward[k] * costs.pairs(*pair)[0])  # type: ignore[attr-defined]
            total += int(backward[k] * costs.pairs(*pair[::-1])[0])  # type: ignore[attr-defined]
    return total


def same(one: NDArray[np.int32], other: NDArray[np.int32]) -> bool:
    """Whether two laid tours are the same; after the last place there is no pair."""
    return all(
        np.array_equal(one[row], other[row])
        if row in (ITEM, ALONE, PLACE)
        else np.array_equal(one[row, :-1], other[row, :-1])
        for row in range(5)
    )


@settings(deadline=None)  # the first example compiles
@given(st.integers(2, 260), st.integers(0, 2**32 - 1), st.sampled_from(["even", "laid", "path"]))
def test_moves_cost_what_they_say_and_can_be_undone(count: int, seed: int, kind: str) -> None:
    rng = np.random.default_rng(seed)
    costs, _ = made_costs(count, seed)
    layout = {
        "even": even_layout(count),
        "laid": laid_layout(tour_sizes(count, Need(86.0, 25.0), Budget(60.0))),
        "path": laid_layout((1,) * count),
    }[kind]
    parts, even = layout.parts, layout.even
    table, columns = costs.table, costs.columns
    laid = np.zeros((5, count), np.int32)
    laid[ITEM] = rng.permutation(count)
    lay(table, columns, costs.alone, laid)
    lifted = np.zeros((4, SHIFTED), np.int32)
    for _ in range(6):
        before = laid.copy()
        cost = laid_cost(parts, laid, 0, count)
        assert cost == plain_cost(costs, layout, laid[ITEM].astype(np.int64))
        a, b, e = np.sort(rng.choice(count + 1, 3)).tolist()
        turns = rng.integers(0, 2, 2)
        if a == b or b == e:
            if a == e:
                continue
            move = np.array([a, e, e, 0, 0])
            delta = reverse_delta(table, columns, parts, even, laid, a, e)
        else:
            move = np.array([a, b, e, *turns])
            delta = exchange_delta(table, columns, parts, even, laid, a, b, e, *(turns == 1))
        apply(table, columns, laid, move, lifted)
        assert laid_cost(parts, laid, 0, count) == cost + delta
        fresh = laid.copy()
        lay(table, columns, costs.alone, fresh)
        assert same(laid, fresh)
        moved = laid.copy()
        undo(table, columns, laid, move, lifted)
        assert same(laid, before)
        laid = moved
