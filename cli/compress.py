"""`acncodec compress`: a data set to one .acn archive."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from acncodec.errors import DataError, naming

from .bound import bound_of
from .cluster import RayCommand
from .compress_asked import Asked
from .compress_models import candidates_for
from .compress_options import compress_options
from .compress_report import candidates_text, summary, tell_cost, tell_stored
from .fit import Candidate, forget_state, write_smallest
from .limits import tell_time, warn_of_excess
from .outlook import outlook
from .outputs import is_standard_output, new_archive
from .places import PLACE
from .progress import tracking
from .session import detail, is_verbose, notice, say, warn, write_json
from .shares import part_text

if TYPE_CHECKING:
    from acncodec.codec import CompressOptions, CompressStats, ModelsOf
    from acncodec.codec.compress_mixed import KeptMixed
    from acncodec.images import DataSource
    from acncodec.images.mixed_source import MixedSource
    from acncodec.models.frozen import FrozenModel
    from acncodec.run.progress import Progress


@click.command(cls=RayCommand)
@click.argument("sources", metavar="DATA...", type=PLACE, nargs=-1, required=True)
@click.argument("target", metavar="OUT.acn", type=PLACE)
@compress_options
def compress(**given: Any) -> None:
    """Compress the images in DATA, and all that is with them, to OUT.acn.

    DATA is an .npz, an .npy, an IDX file (gzipped or not), a binary file of CIFAR, a table of text,
    a .mat, Parquet or Zarr, or a folder, a zip or a tar of pictures; - is standard input. Several
    are one set, each of which comes back by its name.
    """
    from acncodec.codec import compress_seconds

    asked = Asked(**given)
    asked.check()
    options = asked.options()
    before = asked.stamps()
    whole = asked.read(warned=False)
    _warn_of_rows(asked, whole)
    candidates = candidates_for(asked, whole)
    if asked.stamps() != before:
        raise DataError(
            f"{asked.source}: changed while a model was fitted to it; nothing was written"
        )
    data = asked.part(whole, options)
    expected = [compress_seconds(data, one.models, options) for one in candidates]
    tell_time(asked.source, "compressing", sum(expected))

    with tracking(asked.source.name) as progress:
        work = _Work(asked, whole, data, options, progress)
        written = work.write(candidates)
        if asked.beside is not None:
            forget_state(asked.beside)
        if is_verbose():
            for one in written.kept.models:
                detail(f"engine {one.decoder.engine_on(asked.device)}")
        if asked.as_json:
            progress("bound", 1.0)
            bound = bound_of(
                data, written.kept.models, written.stats, asked.shard_size, written.mixed
            )
    tried = [model for one in candidates for model in one.models]
    tell_stored(asked.source, written.stats, tried, allow_large=asked.allow_large)
    if asked.as_json:
        found = {
            "bound_nats_per_image": bound, "seconds": written.seconds,
            "candidates": written.sizes, "skipped": list(asked.skip),
        }  # fmt: skip
        if asked.skip:
            notice(f"{asked.source}: left out, as you said: {', '.join(asked.skip)}")
        write_json(written.stats.to_json() | found)
    else:
        text = summary(asked.target, data, written.stats, written.seconds, asked.skip)
        text += candidates_text(written.sizes, written.stats)
        tell = notice if is_standard_output(asked.target) else say
        tell(text + part_text(asked.share, whole.count, asked.shard_size))
    if asked.decode_jpeg and asked.share is None:
        tell_cost(asked.sources, asked.images, asked.skip, data.count, written.stats.file_bytes)


def _warn_of_rows(asked: Asked, data: DataSource | MixedSource) -> None:
    """Warn of what lies beside DATA row by row, and would no longer fit reordered images."""
    is_folder = isinstance(asked.source, Path) and asked.source.is_dir()
    if asked.order == "any" and not data.side and not is_folder:
        warn(
            f"{asked.source}: in the order any, what lies beside it row by row, such as labels, no"
            " longer fits the images that come back; --labels FILE takes labels in"
        )


@dataclass(frozen=True, eq=False)
class _Written:
    """The archive that was kept: by which models, what it cost, seconds, the bytes that each
    candidate took, and how a mixed set was coded."""

    kept: Candidate
    stats: CompressStats
    seconds: float
    sizes: dict[str, int]
    mixed: KeptMixed | None


@dataclass(frozen=True, eq=False)
class _Work:
    """Writing `data`, which is all or a part of `whole`."""

    asked: Asked
    whole: DataSource | MixedSource
    data: DataSource | MixedSource
    options: CompressOptions
    progress: Progress

    def write(self, candidates: list[Candidate]) -> _Written:
        """Write the smallest archive, verified if that was asked; else there is none."""
        asked = self.asked
        coded: dict[int, KeptMixed] = {}

        def write(candidate: Candidate, file: BinaryIO) -> tuple[CompressStats, float]:
            return self._write_one(
                candidate, file, lambda found: coded.update({id(candidate): found})
            )

        with new_archive(asked.target, asked.force) as file, naming(asked.source):
            path = Path(file.name)
            larger = outlook(asked, self.data)
            kept, stats, seconds, sizes = write_smallest(
                candidates, file, path.parent, write, larger
            )
            file.flush()
            if not asked.allow_large:
                warn_of_excess(asked.target, path, kept.models)
            if asked.verify:
                self._verify(path, kept)
        return _Written(kept, stats, seconds, sizes, coded.get(id(kept)))

    def _write_one(
        self, candidate: Candidate, file: BinaryIO, look: Callable[[KeptMixed], None]
    ) -> tuple[CompressStats, float]:
        """What the file by one candidate costs, and the seconds it took."""
        from acncodec.codec.compress_set import compress_set

        options = replace(self.options, embed=candidate.embed, at_hand=candidate.at_hand)
        start = time.perf_counter()
        stats = compress_set(
            self.data, candidate.models, options, file, self.progress, look, self.whole
        )
        return stats, round(time.perf_counter() - start, 3)

    def _verify(self, path: Path, kept: Candidate) -> None:
        """Decode the archive at `path`, and compare it with what is read once more."""
        from acncodec.codec import Reader, verify_against
        from acncodec.run.settings import Run

        run = Run(
            self.options.threads, self.options.batch, self.options.device, self.progress,
            allow_large=True, begin=self.options.begin,
        )  # fmt: skip

        def models(written: ModelsOf) -> list[FrozenModel]:
            """Those that the file carries, then those that it was written with."""
            return [*written.carried(), *kept.models]

        def again() -> DataSource | MixedSource:
            return self.asked.part(self.asked.read(warned=True), self.options)

        with Reader(path, models, run) as back:
            verify_against(back, self.data, again)
