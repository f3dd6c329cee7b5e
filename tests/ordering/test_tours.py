"""The choice of a solver: who takes what, and that every one gives a permutation."""

from __future__ import annotations

import random
import sys

import numpy as np
import pytest
from made_costs import made_costs
from numpy.typing import NDArray

from acncodec.errors import CoderError
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.batches import Budget, Need, tour_sizes
from acncodec.ordering.improve import laid_units
from acncodec.ordering.tours import SOLVERS, greedy_tour, solve_path, solve_tour
from acncodec.ordering.tsp import MAX_TSP_IMAGES, cost_matrix, tsp_tour


@pytest.mark.parametrize("count", [0, 1, 2, 3, 30])
@pytest.mark.parametrize("solver", SOLVERS)
def test_every_solver_orders_any_number(
    tiny_model: FrozenModel, images: NDArray[np.uint8], solver: str, count: int
) -> None:
    codes = tiny_model.encoder.codes(images)[:count]
    sizes = tour_sizes(count, Need(86.0, 25.0), Budget(60.0))
    for tour in (
        solve_tour(tiny_model.latents.prices(), codes, sizes, solver),
        solve_path(tiny_model.latents.prices(), codes, solver),
    ):
        assert tour.dtype == np.int64
        assert np.array_equal(np.sort(tour), np.arange(count))


def test_the_improved_tour_is_not_dearer_than_the_others(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes, sizes = tiny_model.encoder.codes(images), tour_sizes(40, Need(86.0, 25.0), Budget(60.0))
    costs = tiny_model.latents.prices().pairs(codes)
    units = {
        s: laid_units(costs, solve_tour(tiny_model.latents.prices(), codes, sizes, s), sizes)
        for s in SOLVERS
    }
    assert units["improved"] <= min(units.values())
    start = np.arange(40)
    given_ = solve_tour(tiny_model.latents.prices(), codes, sizes, "greedy", start)
    assert np.array_equal(given_, start)


def test_python_tsp_improves_on_its_start() -> None:
    for count in (8, 40):
        costs, codes = made_costs(count, seed=1)
        matrix = cost_matrix(costs)
        both = matrix + matrix.T
        start = greedy_tour(codes)
        tour = tsp_tour(costs, start)
        assert both[tour[:-1], tour[1:]].sum() <= both[start[:-1], start[1:]].sum()


@pytest.mark.parametrize("count", [8, 30])
def test_python_tsp_gives_one_tour_and_leaves_the_global_generator_alone(count: int) -> None:
    costs, codes = made_costs(count, seed=2)
    start, tours = greedy_tour(codes)[::-1], set()
    for seed in range(5):
        random.seed(seed)
        before = random.getstate()
        tours.add(tuple(tsp_tour(costs, start).tolist()))
        assert random.getstate() == before
    assert len(tours) == 1


def test_python_tsp_refuses_large_sets_and_its_absence(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = np.zeros((MAX_TSP_IMAGES + 1, 4), np.int64)
    with pytest.raises(CoderError, match=f"at most {MAX_TSP_IMAGES}"):
        solve_path(tiny_model.latents.prices(), codes, "tsp")
    monkeypatch.setitem(sys.modules, "python_tsp", None)
    with pytest.raises(CoderError, match=r"acncodec\[ordering\]"):
        solve_path(tiny_model.latents.prices(), codes[:4], "tsp")


def test_unknown_solvers_are_refused(tiny_model: FrozenModel) -> None:
    with pytest.raises(CoderError, match="unknown solver"):
        solve_path(tiny_model.latents.prices(), np.zeros((3, 4), np.int64), "annealing")


def plain_greedy(codes: np.ndarray, start: int) -> list[int]:
    left, tour = set(range(len(codes))) - {start}, [start]
    while left:
        here = codes[tour[-1]]
        tour.append(min(left, key=lambda i: (int(((codes[i] - here) ** 2).sum()), i)))
        left.remove(tour[-1])
    return tour


@pytest.mark.parametrize("spread", [2, 50])
def test_greedy_goes_to_the_nearest_unvisited_and_breaks_ties_low(spread: int) -> None:
    codes = np.random.default_rng(spread).integers(-spread, spread, (700, 3))
    for start in (0, 699):
        assert greedy_tour(codes, start).tolist() == plain_greedy(codes, start)


def test_tiny_sets() -> None:
    assert greedy_tour(np.zeros((0, 4), np.int64)).tolist() == []
    assert greedy_tour(np.zeros((1, 4), np.int64)).tolist() == [0]
    assert greedy_tour(np.array([[0], [9], [1]])).tolist() == [0, 2, 1]
