"""A model fitted to the very images that are coded: trained on all of them, or on those that a
network is worth, rounded, frozen.

The state lies in a file that each checkpoint replaces, so that a fit goes on where it was killed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from acncodec.contracts.image_kind import Shape
from acncodec.errors import TrainingError
from acncodec.images import DataSet, MixedData
from acncodec.learning.groups import GroupedSource
from acncodec.learning.source import Source
from acncodec.models.frozen import FrozenModel
from acncodec.training.chosen import Choice
from acncodec.training.finish import finish
from acncodec.training.fit_images import FitImages
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget, Report
from acncodec.training.resume import advising
from acncodec.training.several import have_channels
from acncodec.training.sieve import LOOKED, Sieve
from acncodec.training.start import (
    check_images,
    fit_from,
    take_weights,
    worth_starting_from,
)
from acncodec.training.state import chosen_in
from acncodec.training.step_threads import StepThreads, torch_threads

NAME = "fitted"
STATE_SUFFIX = ".fit"


def state_path(target: Path) -> Path:
    """Where the fit for the archive `target` keeps its state."""
    return target.with_name(target.name + STATE_SUFFIX)


@dataclass(frozen=True, eq=False)
class FitPlan:
    """images: what a model is trained on; choice: which model; start: whose weights it begins with,
    if any; pace: what decoding may cost; about: what the user should know of the images."""

    images: FitImages
    choice: Choice
    start: FrozenModel | None
    pace: str
    about: tuple[str, ...] = ()


def plan_fit(
    data: DataSet | MixedData, minutes: float, pace: str = "usual",
    start: FrozenModel | None = None, at_hand: Sequence[FrozenModel] = (),
) -> FitPlan:  # fmt: skip
    """How a model of some images is trained; of images that differ in channels, of those of the
    kind that has most samples. start: whose weights it begins with; without it, at_hand: with one
    of whose it may (`training.start`).

    Raises `TrainingError` as `choose` and `fit_from` do.
    """
    images = FitImages.of(data)
    found = images.choose(minutes, pace)
    about: tuple[str, ...] = ()
    if isinstance(data, MixedData):
        (channels, _, _), _ = images.kinds[0]
        mine = int(have_channels(data.images, channels).sum())
        if mine < data.count:
            which = (
                f"a model of the {mine:,} images of {channels} channel(s);"
                f" the {data.count - mine:,} others go to other models, or are stored"
            )
            about = (which,)
    return plan_of(images, found, pace, start, at_hand, about)


def plan_of(
    images: FitImages, found: Choice, pace: str, start: FrozenModel | None,
    at_hand: Sequence[FrozenModel], about: tuple[str, ...],
) -> FitPlan:  # fmt: skip
    """The plan by a choice for these images, which begins with the weights of `start`, or of one at
    hand where that is worth it. Raises `TrainingError` as `fit_from` does."""
    kinds = images.kinds
    first = start or worth_starting_from(at_hand, found, kinds, images.by_xz, pace)
    return FitPlan(images, _begun(found, first, kinds, pace), first, pace, about)


def _begun(
    found: Choice, start: FrozenModel | None, kinds: Sequence[tuple[Shape, int]], pace: str
) -> Choice:
    """The choice, or one that begins with the weights of `start`, which must take all images."""
    if start is None:
        return found
    for kind in kinds:
        check_images(start, *kind)
    return fit_from(start, found, *kinds[0], pace)


def beside_fitted(
    data: DataSet | MixedData, fitted: FrozenModel, models: Sequence[FrozenModel]
) -> tuple[FrozenModel, ...]:
    """Those of other models that take images which the fitted one does not."""
    if isinstance(data, DataSet):
        return ()
    left = [
        (one.shape, one.levels)
        for one in data.classes
        if not fitted.accepts.takes(one.shape, one.levels)
    ]
    return tuple(model for model in models if any(model.accepts.takes(*kind) for kind in left))


def fit_model(
    seen: Source | Sieve,
    choice: Choice,
    state: Path,
    *,
    minutes: float,
    threads: int = 1,
    seed: int = 1,
    start: FrozenModel | None = None,
    report: Callable[[Report], None] = lambda _report: None,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[str], None] = lambda _text: None,
) -> FrozenModel:
    """Train on what is `seen` until `minutes` of training are over, those before a kill counted, or
    `stop` says so; then freeze the rounded weights. Without a state it begins with the weights of
    `start`, if that is given (`training.start`). With a sieve's images it goes on with those that a
    network is worth (`training.worth`). Steps go by as many of `threads` as take least time;
    `tell` is told where these are others than before.

    The state stays: whoever keeps the model removes it. Raises `TrainingError` where the state is
    of other images or no state, `OutputError` where it cannot be written.
    """
    with torch_threads(threads):
        by = StepThreads(threads, tell)
        run = _begun_run(seen, choice, state, seed, start)
        if isinstance(seen, Sieve) and run.chosen is None:
            look = 60.0 * LOOKED * minutes
            run.run(
                Budget(0, minutes), state, report, stop=lambda: stop() or run.seconds >= look,
                took=by.took,
            )  # fmt: skip
            if run.seconds >= look and not stop():
                run = seen.sieved(run, minutes)
                run.save(state)
        run.run(Budget(0, minutes - run.spent / 60.0), state, report, stop=stop, took=by.took)
        by.end()
        if run.rounding is None:
            run.begin_rounding(1.0)  # the rule's own: no step will mend what it breaks
        count = run.train.images if isinstance(run.train, GroupedSource) else len(run.train)
        about = {"images": count, "shape": list(run.train.shape), "levels": run.train.levels}
        return finish(run, NAME, NAME, about)


def _begun_run(
    seen: Source | Sieve, choice: Choice, state: Path, seed: int, start: FrozenModel | None
) -> Trainer:
    """The run as its state has it, or one that begins, whose state then lies there."""
    if state.exists():
        with advising(state):
            chosen = chosen_in(state)
            run = _run_on(_learned(seen, state, chosen), choice, seed)
            run.chosen = chosen
            run.restore(state)
        return run
    run = _run_on(_learned(seen, state, None), choice, seed)
    if start is not None:
        take_weights(run, start)
    run.save(state)  # a folder that cannot be written to is known before all the work
    return run


def _run_on(source: Source, choice: Choice, seed: int) -> Trainer:
    return Trainer(choice.family, choice.config, choice.recipe, source, None, seed)


def _learned(seen: Source | Sieve, state: Path, chosen: Tensor | None) -> Source:
    """What is drawn of all images, or of those that a state has chosen. Raises `TrainingError`."""
    if isinstance(seen, Sieve):
        return seen.source(state, chosen)
    if chosen is not None:
        raise TrainingError(f"{state}: the fit that was begun leaves out images, to store them")
    return seen
