"""A network of which this machine makes enough steps in the time that there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from level_sets import level_array

from acncodec.images import DataSet, load_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import find_by_name_or_path
from acncodec.training import here
from acncodec.training.choice import LEAST_PASSES, choose, weights_here
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.fit import FitPlan, plan_fit
from acncodec.training.here import for_this_machine, step_seconds
from acncodec.training.sieve import Sieve

SHAPE = 1, 12, 10


@pytest.fixture
def data(tmp_path: Path) -> DataSet:
    np.save(tmp_path / "x.npy", level_array("grey", 40, *SHAPE))
    return load_dataset(tmp_path / "x.npy")


def larger(plan: FitPlan, rung: int) -> FitPlan:
    """The same with a network of the ladder that these few images are not worth."""
    config = plan.choice.family.ladder[rung].for_images(SHAPE)
    return replace(plan, choice=replace(plan.choice, config=config))


def size(plan: FitPlan) -> int:
    return weights_of(plan.choice.family, plan.choice.config)


def test_weights_are_in_proportion_to_time_and_speed() -> None:
    for passes, seconds, minutes, wanted in (
        (0.1, 6.0, LEAST_PASSES, 20_000), (0.1, 6.0, LEAST_PASSES / 2, 10_000),
        (0.1, 12.0, LEAST_PASSES, 10_000), (0.2, 6.0, LEAST_PASSES, 40_000),
    ):  # fmt: skip
        assert weights_here(20_000, passes, seconds, minutes) == pytest.approx(wanted)


def test_a_bound_of_this_machine_is_one_more_and_told() -> None:
    free = choose((1, 28, 28), 256, 60_000, 60, by_xz=10_000_000)
    bound = choose((1, 28, 28), 256, 60_000, 60, by_xz=10_000_000, here=30_000)
    ample = choose((1, 28, 28), 256, 60_000, 60, by_xz=10_000_000, here=1e9)
    assert weights_of(bound.family, bound.config) <= 30_000 < weights_of(free.family, free.config)
    assert ample.config == free.config and bound.why[-1].split() == [
        "in", "60", "minutes", "this", "machine", "sees", "the", "images", "twice", "with",
        "30,000", "weights",
    ]  # fmt: skip
    assert not any("machine" in line for line in free.why)


def test_a_slow_machine_has_a_smaller_network(
    data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(larger(plan_fit(data, 1000), 5), about=("as it was",))
    asked = []

    def seconds(choice: object, images: object, threads: int) -> float:
        asked.append((choice, threads))
        return slow

    monkeypatch.setattr(here, "step_seconds", seconds)
    steps = LEAST_PASSES * len(plan.images.source()) / plan.choice.recipe.batch
    slow = 60.0 * 9.99 / steps  # so that ten minutes are just enough
    assert (
        LEAST_PASSES == 2 and for_this_machine(plan, 10, 3) is plan and asked == [(plan.choice, 3)]
    )
    found = for_this_machine(plan, 9.9, 3)
    assert size(found) < size(plan) and found.about == ("as it was",)
    assert "machine" in found.choice.why[-1]
    assert (found.images, found.start, found.pace) == (plan.images, None, plan.pace)


def test_a_model_at_hand_is_begun_with_where_its_network_is_no_smaller(
    data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey = find_by_name_or_path("grey")
    few = plan_fit(data, 1000)
    plan, smallest = larger(few, 5), size(few)
    seen: list[int] = []

    def worth(at_hand: object, choice: Choice, *_more: object) -> FrozenModel | None:
        assert at_hand == [grey]
        seen.append(weights_of(choice.family, choice.config))
        return grey

    monkeypatch.setattr("acncodec.training.fit.worth_starting_from", worth)
    monkeypatch.setattr(here, "step_seconds", lambda *_: 1e6)
    found = for_this_machine(plan, 10, 1, [grey])
    assert found.start is grey and found.choice.family.name == "causal-resnet"
    assert seen == [smallest] and size(found) > smallest


def test_weights_that_are_given_stay(data: DataSet) -> None:
    plan = plan_fit(data, 5, start=find_by_name_or_path("grey"))
    assert plan.start is not None and for_this_machine(plan, 1e-9, 1) is plan


def test_a_step_is_timed_and_nothing_is_left_of_it(data: DataSet) -> None:
    plan, threads = plan_fit(data, 5), torch.get_num_threads()
    took = step_seconds(plan.choice, plan.images.source(), 2)
    assert 0 < took < 60 and torch.get_num_threads() == threads
    assert size(for_this_machine(larger(plan, 5), 1e-9, 1)) == size(plan)


def test_a_sieve_knows_how_fast_its_network_was_trained(
    data: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from acncodec.training.loop import Trainer

    plan = larger(plan_fit(data, 5), 5)
    kept = np.arange(40) < 30
    monkeypatch.setattr("acncodec.training.sieve.worth_a_network", lambda *_: kept)
    monkeypatch.setattr(
        "acncodec.training.fit_images.FitImages.choose",
        lambda _images, minutes, _pace, here: asked.append((minutes, here)) or plan.choice,
    )
    asked: list[tuple[float, float | None]] = []
    one = plan.choice
    for steps, seconds in ((0, 0.0), (500, 60.0)):
        run = Trainer(one.family, one.config, one.recipe, plan.images.source(), None, 1)
        run.step, run.seconds = steps, seconds
        assert Sieve(plan.images, plan.pace).sieved(run, 5) is run
    passes = 500 * one.recipe.batch / 30  # of those that are kept
    assert asked[0] == (5.0, None) and asked[1][0] == 4.0
    assert asked[1][1] == pytest.approx(size(plan) * passes * 4 / LEAST_PASSES)
