"""A model fitted to the very images that are coded: trained on all of them, rounded, frozen.

The state lies in a file that each checkpoint replaces, so that a fit goes on where it was killed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from acncodec.container import find_duplicates
from acncodec.errors import ModelError, TrainingError
from acncodec.families.registry import family_named
from acncodec.learning.source import LevelSource, Source
from acncodec.models.frozen import FrozenModel
from acncodec.training.checkpoint import load_checkpoint
from acncodec.training.choice import WINDOW
from acncodec.training.chosen import Choice
from acncodec.training.finish import finish
from acncodec.training.loop import Budget, Report, Trainer
from acncodec.training.sources import windowed
from acncodec.training.start import take_weights

NAME = "fitted"
STATE_SUFFIX = ".fit"


def state_path(target: Path) -> Path:
    """Where the fit for the archive `target` keeps its state."""
    return target.with_name(target.name + STATE_SUFFIX)


def source_of(pixels: NDArray[Any], levels: int) -> Source:
    """The distinct ones of images, level indexes (N, C, H, W), or windows of them if large."""
    first, _ = find_duplicates(pixels)
    return windowed(LevelSource(pixels[first], levels), WINDOW)


def resumed(choice: Choice, state: Path) -> Choice:
    """The choice whose state lies there already, else `choice`: another time for a fit that was
    stopped would choose another network. Raises `TrainingError` if that is no state."""
    if not state.exists():
        return choice
    _, meta = load_checkpoint(state)
    try:
        family = family_named(str(meta["kind"]))
        config = family.config.from_json(meta["config"])
    except (KeyError, AttributeError, TypeError, ModelError) as error:
        raise TrainingError(f"{state}: not the state of a fit: {error}") from error
    return replace(choice, family=family, config=config, why=(f"as {state} has begun it",))


def fit_model(
    source: Source,
    choice: Choice,
    state: Path,
    *,
    minutes: float,
    threads: int = 1,
    seed: int = 1,
    start: FrozenModel | None = None,
    report: Callable[[Report], None] = lambda _report: None,
    stop: Callable[[], bool] = lambda: False,
) -> FrozenModel:
    """Train on `source` until `minutes` of training are over, those before a kill counted, or
    `stop` says so; then freeze the rounded weights. Without a state it begins with the weights of
    `start`, if that is given (`training.start`).

    The state stays: whoever keeps the model removes it. Raises `TrainingError` where the state is
    of other images or no state, `OutputError` where it cannot be written.
    """
    torch.set_num_threads(threads)
    trainer = Trainer(choice.family, choice.config, choice.recipe, source, None, seed)
    if state.exists():
        _restore(trainer, state)
    else:
        if start is not None:
            take_weights(trainer, start)
        trainer.save(state)  # a folder that cannot be written to is known before all the work
    trainer.run(Budget(0, minutes), state, report, stop=stop)
    if trainer.rounding is None:
        trainer.begin_rounding(1.0)  # the rule's own: no step will mend what it breaks
    about = {"images": len(source), "shape": list(source.shape), "levels": source.levels}
    return finish(trainer, NAME, NAME, about)


def _restore(trainer: Trainer, state: Path) -> None:
    try:
        trainer.restore(state)
    except TrainingError as error:
        raise TrainingError(
            f"{error}; remove {state} to begin anew, or name another output"
        ) from error
