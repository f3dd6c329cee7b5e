"""`acncodec demo`: the bundled images through the whole procedure."""

from __future__ import annotations

import gzip
import lzma
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from .options import model_for, model_option, speed_options
from .progress import tracking
from .session import common_options, say

if TYPE_CHECKING:
    from acncodec.codec import CompressOptions, CompressStats
    from acncodec.exact.model import FrozenModel
    from acncodec.images import DataSet

RUNS = (("any", "iid"), ("any", "tour"), ("keep", "iid"), ("keep", "tour"))
NAT_BITS = 1.0 / float(np.log(2.0))


@dataclass(frozen=True)
class Run:
    """One way of compressing: what it cost, the float model's bound, and whether all came back."""

    stats: CompressStats
    bound_nats: float | None
    identical: bool


@click.command()
@click.option(
    "--count", type=click.IntRange(min=1, max=10_000), default=1000, show_default=True,
    help="How many of the bundled images.",
)  # fmt: skip
@model_option("the bundled one that fits the data")
@speed_options
@common_options
def demo(count: int, model: str | None, threads: int, batch: int) -> None:
    """Compress, decompress and compare the bundled MNIST images, in about a minute."""
    from acncodec.codec import CompressOptions
    from acncodec.data import bundled
    from acncodec.images import load_dataset

    data = first_images(load_dataset(bundled()), count)
    chosen = model_for(data, bundled(), model)
    runs = []
    with tracking("demo") as progress, tempfile.TemporaryDirectory(prefix="acncodec-") as folder:
        for order, ordering in RUNS:
            options = CompressOptions(order, ordering, threads=threads, batch=batch)
            runs.append(_run(data, chosen, options, Path(folder) / "demo.acn", progress))
    identical = all(run.identical for run in runs)
    say(
        f"{count:,} binary images of MNIST's test set with their labels, model {chosen.name}.\n"
        "The order is kept, or left free (any), in which case it need not be paid for."
    )
    Console(quiet=not _wanted()).print(_table(data, runs))
    say(f"identical: {'yes' if identical else 'NO'}")
    if not identical:
        click.get_current_context().exit(1)


def _wanted() -> bool:
    from .session import session

    return session().verbosity >= 0


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
) -> Run:
    from acncodec.codec import compress_dataset, decompress_archive
    from acncodec.compare import same_data

    from .compress import bound_or_none

    def staged(stage: str, share: float) -> None:
        progress(f"{options.order}, {options.ordering}: {stage}", share)

    with path.open("wb") as file:
        stats = compress_dataset(data, model, options, file, staged)
    back = decompress_archive(path, model, options.threads, options.batch, staged)
    staged("bound", 1.0)
    return Run(stats, bound_or_none(data, model, stats), same_data(data, back, options.order))


def _table(data: DataSet, runs: list[Run]) -> Table:
    table = Table()
    for name in ("method", "bound", "ideal", "file", "file"):
        table.add_column(name, justify="left" if name == "method" else "right")
    for name in ("file bytes", "identical"):
        table.add_column(name, justify="right")
    table.add_row(
        "", "nats/image", "nats/image", "nats/image", "bits/image", "", "", end_section=True
    )
    packed = np.packbits(data.pixels, axis=None).tobytes()
    for name, size in (
        ("raw, 1 bit a pixel", len(packed)),
        ("gzip -9", len(gzip.compress(packed, 9))),
        ("xz -9e", len(lzma.compress(packed, preset=9 | lzma.PRESET_EXTREME))),
    ):
        bits = 8 * size / data.count
        table.add_row(name, "", "", f"{bits / NAT_BITS:.2f}", f"{bits:.1f}", f"{size:,}", "")
    table.add_section()
    for run in runs:
        stats = run.stats
        table.add_row(
            f"acn, {stats.order} order, {stats.ordering}",
            _figure(run.bound_nats, 2),
            _figure(stats.ideal_nats_per_image, 2),
            _figure(stats.nats_per_image, 2),
            _figure(stats.bits_per_image, 1),
            f"{stats.file_bytes - stats.side_bytes:,}",
            "yes" if run.identical else "NO",
        )
    return table


def _figure(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
