"""The state of a run, to a checkpoint and back: what is in it, and what it must agree with."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from torch import Tensor

from acncodec.families.config import ModelConfig
from acncodec.families.family import Family
from acncodec.families.registry import BEFORE_FAMILIES
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.objectives import Objective
from acncodec.learning.recipe import Recipe
from acncodec.learning.rounding import Rounding, restored
from acncodec.learning.source import Source
from acncodec.training.best import Best, best_of, best_shapes
from acncodec.training.checkpoint import (
    check_meta,
    check_spent,
    check_start,
    check_tensors,
    load_checkpoint,
    save_checkpoint,
)
from acncodec.training.optimisers import Optimisers

CHOSEN = "chosen"
"""The name of `Trainer.chosen`."""


class Stateful(Protocol):
    """A run as far as its state goes: `training.loop.Trainer` says what each is."""

    family: Family
    config: ModelConfig
    recipe: Recipe
    seed: int
    train: Source
    net: FloatNetworks
    average: FloatNetworks
    objective: Objective
    optimisers: Optimisers
    rounding: Rounding | None
    started: dict[str, str] | None
    chosen: Tensor | None
    best: Best | None
    step: int
    seconds: float
    spent: float


def save_state(run: Stateful, path: Path) -> None:
    """Write a checkpoint from which `restore_state` continues bit for bit (on one machine).

    Raises `OutputError` when it cannot be written.
    """
    tensors = {f"net.{key}": value for key, value in run.net.state_dict().items()}
    tensors |= {f"average.{key}": value for key, value in run.average.state_dict().items()}
    tensors |= run.optimisers.tensors() | run.objective.state()
    tensors |= run.rounding.tensors() if run.rounding else {}
    tensors |= {} if run.chosen is None else {CHOSEN: run.chosen}
    tensors |= {} if run.best is None else run.best.tensors()
    meta = {
        "step": run.step,
        "seconds": run.seconds,
        "seed": run.seed,
        "kind": run.family.name,
        "config": run.config.to_json(),
        "images": run.train.digest,
        "recipe": run.recipe.to_json(),
        **({} if run.started is None else {"start": run.started}),
        **({"spent": run.spent} if run.spent else {}),
        **({} if run.best is None else {"best": run.best.cost}),
    }
    save_checkpoint(path, tensors, meta)


def chosen_in(path: Path) -> Tensor | None:
    """What a checkpoint has for `Trainer.chosen`. Raises `TrainingError` if it is none."""
    return load_checkpoint(path)[0].get(CHOSEN)


def restore_state(run: Stateful, path: Path) -> None:
    """Let a run that has just begun go on from a checkpoint, of whatever recipe.

    Raises `TrainingError` if it is of another family, shape, seed or training set, or no checkpoint
    at all; then nothing has changed.
    """
    tensors, meta = load_checkpoint(path)
    ours = {
        "kind": run.family.name, "config": run.config.to_json(), "seed": run.seed,
        "images": run.train.digest,
    }  # fmt: skip
    meta = {
        "kind": BEFORE_FAMILIES,
        "images": run.train.digest,
    } | meta  # older ones do not say
    step, seconds = check_meta(path, meta, ours)
    started, spent = check_start(path, meta), check_spent(path, meta)
    best = best_of(path, meta, tensors)
    shapes = {f"net.{key}": value.shape for key, value in run.net.state_dict().items()}
    shapes |= {f"average.{key}": value.shape for key, value in run.net.state_dict().items()}
    shapes |= {key: value.shape for key, value in run.objective.state().items()}
    shapes |= {} if run.chosen is None else {CHOSEN: run.chosen.shape}
    shapes |= best_shapes(meta, run.net.state_dict())
    momenta = run.optimisers.shapes()
    rounding = [name for name in tensors if name.startswith("rounding.")]
    steps = restored(run.net, tensors) if rounding else None
    if steps is not None:
        shapes |= {name: value.shape for name, value in steps.tensors().items()}
    # Momenta are there from the first step on, all together.
    check_tensors(path, tensors, shapes | (momenta if step else {}), momenta, step)
    for prefix, net in (("net.", run.net), ("average.", run.average)):
        net.load_state_dict(
            {
                key.removeprefix(prefix): value
                for key, value in tensors.items()
                if key.startswith(prefix)
            }
        )
    run.optimisers.restore(tensors)
    run.objective.load(tensors)
    run.rounding, run.best = steps, best
    run.step, run.seconds, run.started, run.spent = step, seconds, started, spent
