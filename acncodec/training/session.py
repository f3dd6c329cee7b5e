"""A whole training session: data in, frozen model out, resumable in between."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import torch

from acncodec.container import atomic_output
from acncodec.container.strict import check_label
from acncodec.errors import FormatError, TrainingError
from acncodec.learning.groups import GroupedSource
from acncodec.learning.objectives import at_once
from acncodec.learning.source import step_generator
from acncodec.models.frozen import FrozenModel
from acncodec.models.users import SUFFIX
from acncodec.training.checkpoint import kept_paths
from acncodec.training.finish import finish
from acncodec.training.loop import VALIDATED, Trainer
from acncodec.training.options import Said, TrainOptions
from acncodec.training.patience import Patience
from acncodec.training.plan import MINUTES, Wish, make_plan
from acncodec.training.progress import Budget, Report
from acncodec.training.resume import resumed
from acncodec.training.rivals import rivals_bits_per_dim
from acncodec.training.run_log import RunLog
from acncodec.training.sources import Data, called
from acncodec.training.start import take_weights
from acncodec.training.step_threads import StepThreads, torch_threads

COMPARED_SAMPLES = 1 << 23
"""Of held-back images that other codecs are tried on: some tens of seconds."""


def checkpoint_path(output: Path) -> Path:
    """Where the run that will write the model `output` keeps its checkpoint."""
    name = output.name.removesuffix(SUFFIX)
    return output.with_name(name + ".checkpoint" + SUFFIX)


def _device(name: str) -> str:
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError("there is no CUDA device here")
    return name


def _discard(checkpoint: Path, force: bool) -> None:
    """Remove what another run left. Raises `TrainingError` without `force`."""
    left = [path for path in (checkpoint, *kept_paths(checkpoint)) if path.exists()]
    if left and not force:
        raise TrainingError(f"{left[0]} exists; use --resume to continue it, -f to discard")
    for path in left:
        path.unlink()


def train_model(
    data: Data,
    output: Path,
    *,
    report: Callable[[Report], None] | None = None,
    note: Callable[[str], None] | None = None,
    explain: Callable[[str], None] | None = None,
    watch: Callable[[Trainer], Callable[[Report], None]] | None = None,
    **options: Unpack[TrainOptions],
) -> FrozenModel:
    """Train on `data`, or several that are one set, and write the frozen model to `output`.

    The checkpoint lies beside `output` (see `checkpoint_path`); `resume` continues from it,
    and is how a finished run is frozen anew or given a longer budget. `log` is a folder for
    `log.jsonl` and, if TensorBoard is installed, its events. With `keep_steps` the checkpoint of
    every so many steps stays, in a file of its own. Defaults are those of `Said`.

    `recipe` (a name or a path, `training.recipe_file`) stands in place of a preset, `settings`
    (`KEY=VALUE`, `training.settings`) change either, and `start` names a model whose weights the
    run begins with; `labels` is a file of the images' classes, for a family that is told them (else
    an array of the data), `valid_labels` of those of `valid`; `layout` says how images lie, as for
    `load_dataset`. Without preset and recipe, network and recipe follow from the data and the time
    (`training.choice`). Where no number of steps is said, a run takes `MINUTES`, and ends early
    when validation no longer becomes cheaper. A run of some minutes takes as many of torch's
    threads as make its steps short, one of some steps takes all.

    Before anything is trained, `note` is told what the user should know of the data, `explain` what
    was chosen and why, and what other codecs make of the images that are held back. `watch` is
    shown the run when it begins, and what it gives is told of the progress too.

    Raises `TrainingError` on bad settings, `DataError` on bad data, `OutputError` if `output`
    exists and `force` is off.
    """
    said, checkpoint = Said(**options), checkpoint_path(output)
    try:
        check_label(output.stem, "the model's name")
    except FormatError as error:  # it would be refused, but only after the training
        raise TrainingError(f"{output}: {error}") from error
    minutes, steps = said.minutes, said.steps
    settings = tuple(said.settings)
    wish = Wish(
        said.preset, said.recipe, settings, said.start, minutes, steps, said.labels,
        said.valid_labels, said.layout,
    )  # fmt: skip

    def told(text: str) -> None:
        (explain or _silent)(f"{called(data)}: {text}")

    with atomic_output(output, said.force) as file:
        plan = make_plan(data, said.valid, wish, note or _silent)
        found = plan.choice
        if said.resume and plan.by_the_data:
            found = resumed(found, checkpoint)
        for line in found.why:
            told(line)
        trainer = Trainer(
            found.family, found.config, found.recipe, plan.sources.train, plan.sources.valid,
            said.seed, _device(said.device),
        )  # fmt: skip
        if said.resume:
            trainer.restore(checkpoint)
        else:
            _discard(checkpoint, said.force)
            if plan.start is not None:
                take_weights(trainer, plan.start)
        if plan.timed and steps is None and minutes is None:
            minutes = MINUTES
        budget = Budget(steps if steps is not None else found.recipe.steps, minutes)
        patience = Patience(trainer) if plan.timed else None
        rivals = _rivals(trainer, explain, called(data)) if explain else {}
        if trainer.valid is not None and not trainer.can_validate:
            few = f"{len(trainer.valid)} images held back are too few to validate with"
            (note or _silent)(f"{called(data)}: {few}")
        threads = torch.get_num_threads()
        with torch_threads(threads), RunLog(said.log) as run_log:
            by = StepThreads(threads, told) if budget.minutes else None
            watching = None if watch is None else watch(trainer)
            trainer.run(
                budget, checkpoint, _all_of(rivals, run_log, report, patience, watching),
                keep_steps=said.keep_steps, stop=(lambda: patience.is_over) if patience else _never,
                took=by.took if by else _silent,
            )  # fmt: skip
        if patience is not None:
            patience.settle()
        model = finish(trainer, output.stem, plan.label, plan.sources.about)
        file.write(model.to_bytes())
    return model


def _silent(_told: object) -> None:
    return


def _never() -> bool:
    return False


def _rivals(trainer: Trainer, explain: Callable[[str], None], name: str) -> dict[str, float]:
    """What other codecs make of the images that are held back, in bits a sample; nothing where the
    costs of training are of another kind, or of more images, or images of several sizes."""
    held, generator = trainer.valid, step_generator(trainer.seed, 0, 3)  # as `validate` draws them
    if trainer.objective.kl_name is not None or trainer.config.accepts.levels or not held:
        return {}
    if isinstance(held, GroupedSource):
        return {}
    validated = min(VALIDATED, len(held))
    count = max(1, min(validated, COMPARED_SAMPLES // math.prod(held.shape)))
    rows = torch.split(torch.arange(count), at_once(held))
    drawn = torch.cat([held.draw(part, generator) for part in rows])
    found = rivals_bits_per_dim(drawn.numpy().transpose(0, 2, 3, 1), held.levels)
    told = ", ".join(f"{codec} {bits:.4f}" for codec, bits in found.items())
    explain(f"{name}:   of {count:,} images held back, others take {told} bits/dim")
    return found if count == validated else {}


def _all_of(
    rivals: dict[str, float], *reports: Callable[[Report], None] | None
) -> Callable[[Report], None]:  # fmt: skip
    """One report for all; a validation with what others take beside it."""

    def write(entry: Report) -> None:
        if rivals and entry.valid_reconstruction_nats is not None:
            entry = replace(entry, rivals=rivals)
        for report in reports:
            if report is not None:
                report(entry)

    return write
