"""Strategies: what they allow, what they lay out, what they are thought to cost."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from invertibility import random_stack
from numpy.typing import NDArray

from acncodec.coding.bitsback import Coded
from acncodec.container import STRATEGIES as FORMAT_STRATEGIES
from acncodec.contracts.latent_space import UrnRule
from acncodec.errors import CoderError, FormatError
from acncodec.latents.none import NoLatents
from acncodec.models.frozen import FrozenModel
from acncodec.ordering import strategies
from acncodec.ordering.batches import Budget, Need
from acncodec.ordering.improve import laid_units
from acncodec.ordering.plan import CodingPlan, PlanOptions, Task
from acncodec.ordering.schedule import MAX_WIDTH, lay_tour, tour_schedule
from acncodec.ordering.strategies import MAX_URN, STRATEGIES
from acncodec.ordering.urn import HEADER_BITS
from acncodec.run.workers import Workers
from acncodec.shards.codec import shard_codec

Ints = NDArray[np.int64]


def task_of(
    model: FrozenModel, codes: Ints, keep: bool, gain: float = 25.0, **options: Any
) -> Task:
    return Task(model.latents.prices(), codes, gain, PlanOptions("auto", keep, **options))


def proposed(name: str, task: Task) -> tuple[float, CodingPlan]:
    bits, plan = STRATEGIES[name].propose(task, math.inf)
    assert plan is not None and plan.strategy == name
    return bits, plan


def test_there_is_one_for_each_name_of_the_format() -> None:
    assert set(STRATEGIES) == set(FORMAT_STRATEGIES)
    assert all(name == strategy.name for name, strategy in STRATEGIES.items())


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("keep", [False, True])
def test_a_set_needs_the_order_any_and_a_tour_a_prior_network(
    conditional: bool, keep: bool
) -> None:
    allowed = {name for name, one in STRATEGIES.items() if one.allowed(conditional, keep)}
    related = {"tour"} if keep else {"tour", "urn"}
    assert allowed == {"iid"} | (related if conditional else set()) | (set() if keep else {"set"})


@pytest.mark.parametrize("name", ["iid", "tour", "set", "urn"])
def test_estimates_come_true(tiny_model: FrozenModel, images: NDArray[np.uint8], name: str) -> None:
    pixels = np.unique(images, axis=0)
    codes = tiny_model.encoder.codes(pixels)
    bits, plan = proposed(name, task_of(tiny_model, codes, keep=False))
    stack, order = random_stack(2000, seed=0), plan.order
    with Workers(1, 256) as workers:
        codec = shard_codec(
            STRATEGIES[name],
            plan.schedule,
            plan.rule,
            tiny_model,
            tiny_model.accepts,
            workers,
            lambda _count: None,
        )
        codec.push(stack, Coded(pixels[order], codes[order]))
    spent = codec.tally.beside_pixels
    header = HEADER_BITS if name == "urn" else 0.0
    assert abs(spent + header - bits) < 10 * math.sqrt(codes.size)


def test_a_batch_has_the_prior_of_its_strategy(
    tiny_model: FrozenModel, images: NDArray[np.uint8]
) -> None:
    space, codes = tiny_model.latents, tiny_model.encoder.codes(images)
    z = space.prices().sample(codes, seed=0)
    rows, earlier = slice(4, 12), np.arange(4)
    for name, strategy in STRATEGIES.items():
        schedule = strategy.schedule((4, 8, 8, 8, 8, 4))
        priors = strategy.priors(space, schedule, UrnRule(3) if strategy.ruled else None)
        priors.add(codes)
        bits, alone = priors.of(rows, earlier).bits(z[rows]), space.prior(8).bits(z[rows])
        if name == "tour":
            assert bits == space.given(codes[schedule.parents[rows]]).bits(z[rows])
            assert priors.of(slice(0, 4), earlier[:0]).bits(z[:4]) == space.prior(4).bits(z[:4])
        else:
            assert (bits == alone) == (name != "urn")


def test_an_urn_without_a_rule_is_refused(tiny_model: FrozenModel) -> None:
    urn = STRATEGIES["urn"]
    with pytest.raises(FormatError, match="rule"):
        urn.priors(tiny_model.latents, urn.schedule((1,)), None)


def test_too_large_an_urn_and_too_wide_a_batch_are_refused() -> None:
    urn, sizes = STRATEGIES["urn"], (MAX_WIDTH,) * (MAX_URN // MAX_WIDTH)
    assert (urn.schedule(sizes).parents == -1).all()
    with pytest.raises(FormatError, match="131072"):
        urn.schedule((*sizes, 1))
    for strategy in STRATEGIES.values():
        with pytest.raises(FormatError, match="wider than 512"):
            strategy.schedule((MAX_WIDTH + 1,))
    with pytest.raises(FormatError, match="grow"):
        STRATEGIES["tour"].schedule((4, 2, 3))


def test_who_gives_the_order_up_needs_bits_for_its_choices(tiny_model: FrozenModel) -> None:
    prices, nothing = tiny_model.latents.prices(), NoLatents().prices()
    plain, free = STRATEGIES["iid"].need(prices, 1024), STRATEGIES["set"].need(prices, 1024)
    assert free == Need(plain.mean + 10.0, plain.spread)
    assert STRATEGIES["urn"].need(prices, 1024).mean > free.mean
    assert STRATEGIES["iid"].need(nothing, 1024) == Need(0.0, 0.0)
    assert STRATEGIES["set"].need(nothing, 1024) == Need(10.0, 0.0)


def test_other_budgets_keep_strategy_and_rule_and_improve_the_tour(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = tiny_model.encoder.codes(images)
    task, tour, sizes = task_of(tiny_model, codes, keep=True), STRATEGIES["tour"], (3, 5, *(4,) * 8)
    _, first = proposed("tour", task)
    assert tour.retried(first, task, first.budget) is first
    monkeypatch.setattr(type(tour), "batches", lambda *_: sizes)
    second = tour.retried(first, task, Budget(0.0, 8))
    assert second.schedule.sizes == sizes and second.budget == Budget(0.0, 8)
    assert (second.strategy, second.permuted) == ("tour", True)
    assert first.tour is not None and second.tour is not None
    assert np.array_equal(second.order, lay_tour(second.tour, sizes))
    costs = task.prices.pairs(codes)
    assert laid_units(costs, second.tour, sizes) < laid_units(costs, first.tour, sizes)
    assert np.array_equal(second.schedule.parents, tour_schedule(sizes).parents)
    greedy = task_of(tiny_model, codes, keep=True, solver="greedy")
    kept = tour.retried(first, greedy, Budget(0.0, 8))
    assert np.array_equal(kept.order, lay_tour(first.tour, sizes))
    task = task_of(tiny_model, codes, keep=False)
    _, urn = proposed("urn", task)
    narrow = STRATEGIES["urn"].retried(urn, task, Budget(0.0))
    assert narrow.schedule.sizes != urn.schedule.sizes and narrow.rule == urn.rule
    assert np.array_equal(narrow.order, np.arange(len(codes)))


def test_a_tour_that_takes_a_long_search_trusts_less_in_its_first_batches(
    tiny_model: FrozenModel, images: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = np.concatenate([tiny_model.encoder.codes(images)] * 10)
    monkeypatch.setattr(strategies, "solve_tour", lambda *arguments: arguments[4])
    tour = STRATEGIES["tour"]

    def sizes(solver: str) -> tuple[int, ...]:
        task = task_of(tiny_model, codes, keep=True, gain=50.0, solver=solver)
        return proposed("tour", task)[1].schedule.sizes

    need = tour.need(tiny_model.latents.prices(), len(codes))
    bold, careful = (
        tour.batches(need, len(codes), Budget(gain)) for gain in (40.0, 40.0 * strategies.CAREFUL)
    )
    assert bold != careful
    assert sizes("improved") == sizes("greedy") == bold
    monkeypatch.setattr(strategies, "LONG_SEARCH", len(codes))
    assert (sizes("improved"), sizes("greedy")) == (careful, bold)


class WidePrices:
    """What 128 dimensions take from the stack."""

    spread_bits = 70.0

    def taken_bits(self, urn: bool = False) -> float:
        """Mostly the latent."""
        return 652.0 if urn else 650.0


def test_a_wide_latent_starts_with_more_seed() -> None:
    task = Task(WidePrices(), np.zeros((40, 128), np.int64), 5000.0, PlanOptions())  # type: ignore[arg-type]
    for strategy in STRATEGIES.values():
        schedule, budget = strategy.laid(task, Budget(4000.0))
        assert budget == Budget(4000.0, 4) and sum(schedule.sizes) == 40
        with pytest.raises(CoderError, match="too short"):
            strategy.batches(strategy.need(task.prices, 40), 40, Budget(4000.0, 3))
