"""The choice of a strategy: what was asked for, or what is cheapest by estimate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.contracts.latent_space import UrnRule
from acncodec.errors import CoderError
from acncodec.models.frozen import FrozenModel
from acncodec.ordering import strategies
from acncodec.ordering.choose import check_strategy, make_plan, strategies_for
from acncodec.ordering.plan import CodingPlan, PlanOptions, Task
from acncodec.ordering.strategies import MAX_URN
from acncodec.stack.orders import permutation_bits

Ints = NDArray[np.int64]


def planned(
    model: FrozenModel, codes: Ints, ordering: str, keep: bool, **options: Any
) -> CodingPlan:
    chosen = PlanOptions(ordering, keep, **options)
    return make_plan(Task(model.latents.prices(), codes, 25.0, chosen))


def test_keep_pays_for_its_permutation(tiny_model: FrozenModel, images: NDArray[np.uint8]) -> None:
    codes = tiny_model.encoder.codes(images)
    kept, loose = (planned(tiny_model, codes, "tour", keep) for keep in (True, False))
    assert kept.permuted and not loose.permuted
    gap = kept.estimates["tour"] - loose.estimates["tour"]
    assert gap == pytest.approx(permutation_bits(len(codes)))


def test_auto_takes_the_smaller_estimate(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    for keep in (True, False):
        plan = planned(tiny_model, codes, "auto", keep)
        assert plan.estimates[plan.strategy] == min(plan.estimates.values())
        assert plan.permuted == (keep and plan.strategy == "tour")
        assert set(plan.estimates) == set(strategies_for(conditional=True, keep=keep))


def test_without_a_prior_network_there_are_iid_and_set(baseline: FrozenModel) -> None:
    codes = np.zeros((9, *baseline.latents.shape), np.int64)
    plan = planned(baseline, codes, "auto", keep=False)
    assert set(plan.estimates) == {"iid", "set"} and plan.strategy == "set"
    for ordering in ("tour", "urn"):
        with pytest.raises(CoderError, match=r"no prior network.* there are iid, set"):
            planned(baseline, codes, ordering, keep=False)
        with pytest.raises(CoderError, match="no prior network"):
            check_strategy(ordering, conditional=False)
        check_strategy(ordering, conditional=True)


def test_an_urn_needs_any_order_and_has_a_size(tiny_model: FrozenModel) -> None:
    codes = np.zeros((MAX_URN + 1, 4), np.int64)
    with pytest.raises(CoderError, match="any"):
        planned(tiny_model, codes[:9], "urn", keep=True)
    with pytest.raises(CoderError, match="131,072"):
        planned(tiny_model, codes, "urn", keep=False)


def test_a_set_ends_where_its_coder_does(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert strategies.Set.most == 1 << 24
    codes = tiny_model.encoder.codes(images)
    monkeypatch.setattr(strategies.Set, "most", len(codes) - 1)
    with pytest.raises(CoderError, match="at most"):
        planned(tiny_model, codes, "set", keep=False)
    assert "set" not in planned(tiny_model, codes, "auto", keep=False).estimates


def test_an_urn_keeps_the_alpha_and_kernel_it_was_given(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    plan = planned(tiny_model, codes, "urn", keep=False, alpha=7, kernel=9)
    assert plan.rule == UrnRule(7, 9)
    assert planned(tiny_model, codes, "set", keep=False).rule is None


def test_a_stored_order_must_earn_its_permutation(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = tiny_model.encoder.codes(images)
    lead = permutation_bits(len(codes))
    for less, keep, chosen in ((1, True, "tour"), (-1, True, "iid"), (-1, False, "tour")):
        # Those without an order cost the same (an urn is estimated elsewhere).
        blind, tour = 0.0 if keep else 3 * lead, -lead - less
        monkeypatch.setattr(Task, "alone_bits", blind)
        monkeypatch.setattr(
            strategies, "schedule_latent_bits", lambda *_, bits=tour, **_options: bits
        )
        monkeypatch.setattr(strategies, "nearest_latent_bits", lambda *_, **_options: -1e9)
        plan = planned(tiny_model, codes, "auto", keep, solver="greedy")
        assert plan.strategy == chosen


def test_no_tour_is_sought_that_the_nearest_neighbours_rule_out(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes, sought = tiny_model.encoder.codes(images), []
    greedy = strategies.greedy_tour

    def seeking(points: Ints) -> Ints:
        sought.append(len(points))
        return greedy(points)

    monkeypatch.setattr(strategies, "greedy_tour", seeking)
    for nearest, tours in ((1e9, 0), (-1e9, 1)):
        sought.clear()
        monkeypatch.setattr(
            strategies, "nearest_latent_bits", lambda *_, bits=nearest, **_options: bits
        )
        made = planned(tiny_model, codes, "auto", keep=False)
        assert len(sought) == tours and "tour" in made.estimates
        planned(tiny_model, codes, "tour", keep=False)
        assert len(sought) == tours + 1  # who asks for one gets one


def test_unknown_orderings_and_solvers_are_refused(tiny_model: FrozenModel) -> None:
    codes = np.zeros((1, 4), np.int64)
    with pytest.raises(CoderError, match="unknown ordering 'x'; there are auto, iid, tour, set"):
        planned(tiny_model, codes, "x", keep=False)
    with pytest.raises(CoderError, match="unknown solver"):
        planned(tiny_model, codes, "auto", keep=True, solver="annealing")


def test_auto_improves_no_tour_that_cannot_win(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = tiny_model.encoder.codes(images)
    asked: list[str] = []

    def spy(*arguments: object) -> Ints:
        asked.append(str(arguments[3]))
        return np.arange(len(codes))

    def tours(tour_bits: list[float], ordering: str, solver: str = "improved") -> list[str]:
        asked.clear()
        left = iter(tour_bits)
        monkeypatch.setattr(strategies, "schedule_latent_bits", lambda *_, **_options: next(left))
        planned(tiny_model, codes, ordering, keep=True, solver=solver)
        return list(asked)

    monkeypatch.setattr(Task, "alone_bits", 1000.0)
    monkeypatch.setattr(strategies, "solve_tour", spy)
    monkeypatch.setattr(strategies, "nearest_latent_bits", lambda *_, **_options: -1e9)
    stored = permutation_bits(len(codes))
    # By the greedy tour, and by the one that is asked for.
    least = 1000 - stored
    hopeless, open_ = least / 0.74, least / 0.76
    assert tours([open_, 900.0], "auto") == ["improved"]
    assert tours([hopeless], "auto") == []
    assert tours([open_], "auto", "greedy") == []
    assert tours([9e9, 9e9], "tour") == ["improved"]
    assert tours([], "iid") == []
