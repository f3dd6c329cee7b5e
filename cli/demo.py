"""`acncodec demo`: the bundled digits through the whole procedure, and a folder of sprites."""

from __future__ import annotations

import gzip
import lzma
import math
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from .bound import bound_or_none
from .compress_report import nats
from .demo_sprites import folder_table, try_folder
from .options import model_for, model_option, speed_options
from .progress import tracking
from .session import common_options, say, session

if TYPE_CHECKING:
    from acncodec.codec import CompressOptions, CompressStats
    from acncodec.images import DataSet
    from acncodec.models.frozen import FrozenModel

RUNS = (("any", "set"), ("any", "tour"), ("keep", "auto"))
"""Order and ordering; `keep` takes the cheaper of iid and tour with its permutation."""
NATS = math.log(2)


@dataclass(frozen=True)
class Trial:
    """One way of compressing: what it cost, and whether everything came back."""

    stats: CompressStats
    identical: bool


@click.command()
@click.option(
    "--count", type=click.IntRange(min=1, max=10_000), default=1000, show_default=True,
    help="How many of the bundled digits.",
)  # fmt: skip
@click.option(
    "--sprites", type=click.IntRange(min=0, max=500), default=500, show_default=True,
    help="How many pictures of the folder.",
)  # fmt: skip
@model_option("the bundled one that fits the data")
@speed_options
@common_options
def demo(count: int, sprites: int, model: str | None, threads: int, batch: int) -> None:
    """Compress, decompress, compare: bundled digits and a folder of sprites, in about a minute."""
    from acncodec.codec import CompressOptions
    from acncodec.data import bundled
    from acncodec.images import load_dataset
    from acncodec.ordering.choose import strategies_for

    data = first_images(load_dataset(bundled()), count)
    chosen = model_for(data, bundled(), model)
    with tracking("demo") as progress, tempfile.TemporaryDirectory(prefix="acncodec-") as folder:
        runs = []
        for order, ordering in RUNS:
            possible = strategies_for(chosen.latents.conditional, keep=order == "keep")
            if ordering not in (*possible, "auto"):
                continue
            options = CompressOptions(order, ordering, threads=threads, batch=batch)
            runs.append(_run(data, chosen, options, Path(folder) / "demo.acn", progress))
        progress("bound", 1.0)
        bounds = [bound_or_none(data, chosen, run.stats) for run in runs]
        trial = try_folder(sprites, Path(folder), threads, batch, progress) if sprites else None
    identical = all(run.identical for run in runs) and (trial is None or trial.identical)
    if session().verbosity >= 0:
        click.echo(
            f"{count:,} binary images of MNIST's test set with their labels, model {chosen.name}.\n"
            "`any` frees the order of the images, `keep` restores it. Bound, ideal and file are\n"
            "in nats an image; the bytes of the labels are left out."
        )
        Console().print(_table(data, runs, bounds))
        if trial is not None:
            click.echo(
                f"A folder of {trial.count:,} sprites of 32x32 in colour, there and back;"
                f" model: {trial.models}."
            )
            Console().print(folder_table(trial))
    say(f"identical: {'yes' if identical else 'NO'}")
    if not identical:
        click.get_current_context().exit(1)


def first_images(data: DataSet, count: int) -> DataSet:
    """The first `count` images of `data`, with their rows of the aligned arrays."""
    side = tuple(
        replace(entry, array=entry.array[:count]) if entry.aligned else entry for entry in data.side
    )
    pixels = np.ascontiguousarray(data.pixels[:count])
    return replace(
        data, pixels=pixels, side=side, array_bytes=data.spec.to_array(pixels).nbytes, warnings=()
    )


def _run(
    data: DataSet,
    model: FrozenModel,
    options: CompressOptions,
    path: Path,
    progress: Callable[[str, float], None],
) -> Trial:
    from acncodec.codec import Reader, compress_dataset
    from acncodec.codec.compare import same_data
    from acncodec.run.settings import Run

    def staged(stage: str, share: float) -> None:
        progress(f"{options.order}, {options.ordering}: {stage}", share)

    with path.open("wb") as file:
        stats = compress_dataset(data, model, options, file, staged)
    run = Run(options.threads, options.batch, progress=staged)
    with Reader(path, [model], run) as archive:
        return Trial(stats, same_data(data, archive.read(), options.order))


def _table(data: DataSet, runs: list[Trial], bounds: list[float | None]) -> Table:
    table = Table(box=SIMPLE)
    table.add_column("method")
    for name in ("bound", "ideal", "file", "bits/image", "bytes", "identical"):
        table.add_column(name, justify="right")
    packed = np.packbits(data.pixels, axis=None).tobytes()
    for name, size in (
        ("raw, packed", len(packed)),
        ("gzip -9", len(gzip.compress(packed, 9))),
        ("xz -9e", len(lzma.compress(packed, preset=9 | lzma.PRESET_EXTREME))),
    ):
        bits = 8 * size / data.count
        table.add_row(name, "", "", nats(bits * NATS), f"{bits:.1f}", f"{size:,}", "")
    table.add_section()
    for run, bound in zip(runs, bounds, strict=True):
        stats = run.stats
        table.add_row(
            f"acn {stats.order}, {stats.ordering}",
            nats(bound),
            nats(stats.ideal_nats_per_image),
            nats(stats.nats_per_image),
            f"{stats.bits_per_image:.1f}",
            f"{stats.file_bytes - stats.side_bytes:,}",
            "yes" if run.identical else "NO",
        )
    return table
