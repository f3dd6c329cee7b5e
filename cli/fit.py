"""`acncodec compress --fit`: a model for the very images, and the smallest of several files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from acncodec.errors import CoderError, ModelError, TooLargeError, naming

from .places import Place
from .progress import training
from .session import printable, session, warn
from .signals import ending_early

if TYPE_CHECKING:
    from acncodec.codec import CompressStats
    from acncodec.images import DataSet, MixedData
    from acncodec.models.frozen import FrozenModel


@dataclass(frozen=True, eq=False)
class Candidate:
    """A model by which the images might be coded, others that may be taken beside it, and whether
    the file would carry them, but for those whose ids are in `at_hand`."""

    model: FrozenModel | None
    embed: bool
    others: tuple[FrozenModel, ...] = ()
    at_hand: frozenset[bytes] = frozenset()

    @property
    def models(self) -> list[FrozenModel]:
        """All that may be taken; without any, images are stored."""
        return [*((self.model,) if self.model else ()), *self.others]

    @property
    def about(self) -> str:
        """In a few words."""
        if self.model is None:
            return "stored"
        return "; ".join(map(self._about, self.models))

    def _about(self, model: FrozenModel) -> str:
        carried = self.embed and model.model_id not in self.at_hand
        return f"{model.name}, {'embedded' if carried else 'by its id'}"


NONE = "none"
"""In the place of a model's name: begin anew."""
Write = Callable[[Candidate, BinaryIO], "tuple[CompressStats, float]"]


def note(text: str) -> None:
    """What the user should see of a fit, on standard error; nothing with -q."""
    if session().verbosity >= 0:
        click.echo(printable(text), err=True)


def fitted_model(
    data: DataSet | MixedData, source: Place, target: Path, minutes: float, pace: str,
    start: str | None, at_hand: Sequence[FrozenModel], threads: int, storing: bool = True,
) -> FrozenModel:  # fmt: skip
    """A model that was trained on `data` itself, for the archive `target`; of images that differ in
    channels, on the kind that has most samples; from the weights of `start`, or by itself of one of
    those at hand, unless `start` is NONE. storing: whether images may be stored, so that those for
    which that seems to pay need not be learned.

    Ctrl-C ends the training early, a second one the command; then the state stays beside `target`,
    and the next time goes on from it.
    """
    from acncodec.models import find_by_name_or_path
    from acncodec.training.fit import fit_model, plan_fit, state_path
    from acncodec.training.here import for_this_machine
    from acncodec.training.resume import resumed_fit
    from acncodec.training.sieve import Sieve

    state = state_path(target)
    with naming(source):
        first = None if start in (None, NONE) else find_by_name_or_path(start)
        usable = () if start == NONE else at_hand
        plan = plan_fit(data, minutes, pace, first, usable)

    def ending() -> None:
        note(f"{source.name}: the fit ends; once more stops, and {state.name} stays")

    def tell(text: str) -> None:
        note(f"{source.name}: {text}")

    with ending_early(ending) as asked:
        if not state.exists():
            plan = for_this_machine(plan, minutes, threads, usable)
        choice = resumed_fit(plan.choice, state, pace, first, anew=start == NONE)
        for line in (*plan.about, *choice.why):
            tell(line)
        beside = f"xz takes about {plan.images.xz_bits:.4f} bits/dim"
        tell(f"{beside}, the network what stands below, but for its own bytes")
        seen = Sieve(plan.images, plan.pace, tell) if storing else plan.images.source()
        with training() as report:
            return fit_model(
                seen, choice, state, minutes=minutes, threads=threads, start=plan.start,
                report=report, stop=asked, tell=tell,
            )  # fmt: skip


def forget_state(target: Path) -> None:
    """Remove what the fit for the archive `target` kept."""
    from acncodec.training.fit import state_path

    state_path(target).unlink(missing_ok=True)


def write_smallest(
    candidates: Sequence[Candidate], file: BinaryIO, folder: Path, write: Write,
    larger: Callable[[Candidate, Candidate, int], int | None] = lambda *_: None,
) -> tuple[Candidate, CompressStats, float, dict[str, int]]:  # fmt: skip
    """Write the archive of each candidate, and keep the smallest in `file`; of several, the first.

    larger: told a candidate, the best before it and the bytes of that one's file, about how many
    bytes the candidate's file would have, so many more that it need not be written; else None.

    Returns the candidate, what its file cost, seconds, and the bytes of each candidate's file. One
    that does not go with the options is left out, as the user is told, unless none goes: then what
    was wrong with the first is raised.
    """
    if len(candidates) == 1:
        stats, seconds = write(candidates[0], file)
        return candidates[0], stats, seconds, {candidates[0].about: stats.file_bytes}
    best: tuple[Candidate, CompressStats, float] | None = None
    sizes: dict[str, int] = {}
    wrong: list[Exception] = []
    for candidate in candidates:
        about = None if best is None else larger(candidate, best[0], best[1].file_bytes)
        if about is not None:
            sizes[_by_itself(f"{candidate.about}, by an estimate", sizes)] = about
            continue
        with tempfile.TemporaryFile(dir=folder) as other:
            try:
                stats, seconds = write(candidate, other)
            except (CoderError, ModelError, TooLargeError) as error:
                warn(f"{candidate.about}: {error}")
                wrong.append(error)
                continue
            sizes[_by_itself(candidate.about, sizes)] = stats.file_bytes
            if best is None or stats.file_bytes < best[1].file_bytes:
                best = candidate, stats, seconds
                other.seek(0)
                file.seek(0)
                file.truncate()
                shutil.copyfileobj(other, file)
    if best is None:
        raise wrong[0]
    return *best, sizes


def _by_itself(about: str, sizes: Mapping[str, int]) -> str:
    """What tells of a candidate, and of none before it: a model of the user's may have any name."""
    names = (about, *(f"{about} ({number})" for number in range(2, len(sizes) + 2)))
    return next(name for name in names if name not in sizes)
