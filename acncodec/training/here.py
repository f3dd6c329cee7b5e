"""A network for the machine that trains it: one with which it sees the images often enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from acncodec.learning.source import Source
from acncodec.models.frozen import FrozenModel
from acncodec.training.choice import weights_here
from acncodec.training.chosen import Choice, weights_of
from acncodec.training.fit import FitPlan, plan_of
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget
from acncodec.training.step_threads import numbers_of, torch_threads

UNTIMED: Final = 1
"""Steps before those that are timed: memory is taken by them."""
TIMED: Final = 3


def for_this_machine(
    plan: FitPlan, minutes: float, threads: int, at_hand: Sequence[FrozenModel] = ()
) -> FitPlan:
    """The plan of a fit that begins, with a smaller network where this machine would see the images
    too seldom with the one that it has, or with the weights of one at hand that is no smaller then;
    a network that begins with given weights stays."""
    if plan.start is not None:
        return plan
    weights = weights_of(plan.choice.family, plan.choice.config)
    images = plan.images.source()
    seconds = step_seconds(plan.choice, images, threads)
    here = weights_here(weights, plan.choice.recipe.batch / len(images), seconds, minutes)
    if here >= weights:
        return plan
    found = plan.images.choose(minutes, plan.pace, here)
    return plan_of(plan.images, found, plan.pace, None, at_hand, plan.about)


def step_seconds(choice: Choice, images: Source, threads: int) -> float:
    """What a step of training takes here, by as many of so many threads as take least time."""
    run = Trainer(choice.family, choice.config, choice.recipe, images, None, 0)
    return min(_by(run, number) for number in numbers_of(threads))


def _by(run: Trainer, threads: int) -> float:
    """What a step takes by so many threads."""
    took: list[float] = []
    with torch_threads(threads):
        run.run(
            Budget(0, 1e6), None, lambda _report: None, stop=lambda: len(took) == UNTIMED + TIMED,
            took=took.append,
        )  # fmt: skip
    return sum(took[UNTIMED:]) / TIMED
