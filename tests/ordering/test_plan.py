"""Plans: the cheaper strategy by estimates that come true."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

import acncodec.ordering.plan
from acncodec.coding.bitsback import push_all
from acncodec.errors import CoderError
from acncodec.latents.urn import UrnRule
from acncodec.models.frozen import FrozenModel
from acncodec.ordering import plan
from acncodec.ordering.expected import expected_costs
from acncodec.ordering.improve import laid_units
from acncodec.ordering.layout import batch_sizes
from acncodec.ordering.plan import make_plan
from acncodec.ordering.schedule import MAX_URN, lay_tour, tour_schedule
from acncodec.ordering.strategies import permutation_bits
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack


def test_estimates_come_true(tiny_model: FrozenModel, images: NDArray[np.uint8]) -> None:
    pixels = np.concatenate([images] * 5)
    codes = tiny_model.encoder.codes(pixels)
    for ordering in ("iid", "tour"):
        plan = make_plan(tiny_model, codes, ordering=ordering, keep=False, gain=20, blocks=8)
        stack = Stack.seeded(bytes(range(32)), 8)
        with Workers(1, 256) as workers:
            order = plan.order
            tally = push_all(
                stack, tiny_model, plan.schedule, pixels[order], codes[order], workers,
                lambda count: None,
            )  # fmt: skip
        spread = 10 * math.sqrt(codes.size)
        assert abs(tally.latent_bits - plan.estimates[ordering]) < spread


def test_keep_pays_for_its_permutation(tiny_model: FrozenModel, images: NDArray[np.uint8]) -> None:
    codes = tiny_model.encoder.codes(images)
    kept = make_plan(tiny_model, codes, ordering="tour", keep=True, gain=20, blocks=4)
    loose = make_plan(tiny_model, codes, ordering="tour", keep=False, gain=20, blocks=4)
    assert kept.permuted and not loose.permuted
    gap = kept.estimates["tour"] - loose.estimates["tour"]
    assert gap == pytest.approx(permutation_bits(len(codes)))


def test_auto_takes_the_smaller_estimate(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    for keep in (True, False):
        plan = make_plan(tiny_model, codes, ordering="auto", keep=keep, gain=20, blocks=4)
        assert plan.estimates[plan.strategy] == min(plan.estimates.values())
        assert plan.permuted == (keep and plan.strategy == "tour")


def test_an_urn_needs_any_order_and_has_a_size(tiny_model: FrozenModel) -> None:
    codes = np.zeros((MAX_URN + 1, 4), np.int64)
    with pytest.raises(CoderError, match="any"):
        make_plan(tiny_model, codes[:9], ordering="urn", keep=True, gain=20, blocks=1)
    with pytest.raises(CoderError, match="131,072"):
        make_plan(tiny_model, codes, ordering="urn", keep=False, gain=20, blocks=1)


def test_an_urn_keeps_the_alpha_and_kernel_it_was_given(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    options = {"keep": False, "gain": 20.0, "blocks": 4}
    plan = make_plan(tiny_model, codes, ordering="urn", alpha=7, kernel=9, **options)
    assert plan.rule == UrnRule(7, 9)
    assert make_plan(tiny_model, codes, ordering="set", **options).rule is None


def test_a_stored_order_must_earn_its_permutation(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = tiny_model.encoder.codes(images)
    lead = permutation_bits(len(codes))
    for less, keep, chosen in ((1, True, "tour"), (-1, True, "iid"), (-1, False, "tour")):
        # First those without an order together (an urn is estimated elsewhere), then the tour.
        blind = 0.0 if keep else 3 * lead
        costs = iter((blind, -lead - less))
        monkeypatch.setattr(
            acncodec.ordering.plan,
            "schedule_latent_bits",
            lambda *_arguments, costs=costs, **_options: next(costs),
        )
        monkeypatch.setattr(acncodec.ordering.plan, "nearest_latent_bits", lambda *_, **__: -1e9)
        plan = make_plan(
            tiny_model, codes, ordering="auto", keep=keep, gain=20, blocks=4, solver="greedy"
        )
        assert plan.strategy == chosen


def test_no_tour_is_sought_that_the_nearest_neighbours_rule_out(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes, sought = tiny_model.encoder.codes(images), []
    greedy = plan.greedy_tour

    def seeking(codes: NDArray[np.int64]) -> NDArray[np.int64]:
        sought.append(len(codes))
        return greedy(codes)

    monkeypatch.setattr(plan, "greedy_tour", seeking)
    for nearest, tours in ((1e9, 0), (-1e9, 1)):
        sought.clear()
        monkeypatch.setattr(plan, "nearest_latent_bits", lambda *_, value=nearest, **__: value)
        made = make_plan(tiny_model, codes, ordering="auto", keep=False, gain=20, blocks=4)
        assert len(sought) == tours and "tour" in made.estimates
        make_plan(tiny_model, codes, ordering="tour", keep=False, gain=20, blocks=4)
        assert len(sought) == tours + 1  # who asks for one gets one


def test_unknown_orderings_are_refused(tiny_model: FrozenModel) -> None:
    with pytest.raises(CoderError):
        make_plan(
            tiny_model, np.zeros((1, 4), np.int64), ordering="x", keep=False, gain=0, blocks=1
        )


def test_auto_improves_no_tour_that_cannot_win(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = tiny_model.encoder.codes(images)
    asked: list[str] = []

    def spy(*arguments: object) -> NDArray[np.int64]:
        asked.append(str(arguments[3]))
        return np.arange(len(codes))

    def tours(model_bits: list[float], ordering: str, solver: str = "improved") -> list[str]:
        asked.clear()
        left = iter(model_bits)
        monkeypatch.setattr(plan, "schedule_latent_bits", lambda *_, **__: next(left))
        make_plan(tiny_model, codes, ordering=ordering, keep=True, gain=20, blocks=4, solver=solver)
        return list(asked)

    monkeypatch.setattr(plan, "solve_tour", spy)
    stored = permutation_bits(len(codes))
    # Without an order, by the greedy tour, and by the one that is asked for.
    least = 1000 - stored
    hopeless, open_ = least / 0.74, least / 0.76
    assert tours([1000.0, open_, 900.0], "auto") == ["improved"]
    assert tours([1000.0, hopeless], "auto") == []
    assert tours([1000.0, open_], "auto", "greedy") == []
    assert tours([9e9, 9e9], "tour") == ["improved"]
    assert tours([1000.0], "iid") == []


def test_other_sizes_keep_strategy_and_rule_and_improve_the_tour(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    codes = tiny_model.encoder.codes(images)
    first = make_plan(tiny_model, codes, ordering="tour", keep=True, gain=20, blocks=4)
    sizes = (3, 5, *(4,) * 8)
    second = plan.resized(first, tiny_model, codes, "improved", sizes)
    assert first.tour is not None and second.tour is not None
    assert (second.strategy, second.permuted) == ("tour", True)
    assert np.array_equal(second.order, lay_tour(second.tour, sizes))
    costs = expected_costs(tiny_model, codes)
    assert laid_units(costs, second.tour, sizes) < laid_units(costs, first.tour, sizes)
    greedy = plan.resized(first, tiny_model, codes, "greedy", sizes)
    assert np.array_equal(greedy.order, lay_tour(first.tour, sizes))
    assert np.array_equal(second.schedule.parents, tour_schedule(sizes).parents)
    urn = make_plan(tiny_model, codes, ordering="urn", keep=False, gain=20, blocks=4)
    narrow = plan.resized(urn, tiny_model, codes, "improved", (1,) * 40)
    assert narrow.rule == urn.rule and np.array_equal(narrow.order, np.arange(40))
    assert narrow.schedule.sizes == (1,) * 40


def test_a_tour_that_takes_a_long_search_trusts_less_in_its_first_batches(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = np.concatenate([tiny_model.encoder.codes(images)] * 10)
    monkeypatch.setattr(plan, "solve_tour", lambda *arguments: arguments[4])

    def sizes(solver: str) -> tuple[int, ...]:
        made = make_plan(
            tiny_model, codes, ordering="tour", keep=True, gain=40, blocks=1, solver=solver
        )
        return made.schedule.sizes

    bold, careful = (
        batch_sizes(tiny_model, "tour", len(codes), gain, 1) for gain in (40, 40 * plan.CAREFUL)
    )
    assert bold != careful
    assert sizes("improved") == sizes("greedy") == bold
    monkeypatch.setattr(plan, "LONG_SEARCH", len(codes))
    assert (sizes("improved"), sizes("greedy")) == (careful, bold)
