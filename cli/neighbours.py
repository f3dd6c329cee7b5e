"""`acncodec neighbours`: nearest images by code and by pixels."""

from __future__ import annotations

from pathlib import Path

import click

from .options import force_option, speed_options
from .places import FILE
from .progress import tracking
from .session import check_target, common_options, say
from .sources import (
    check_suffix,
    label_options,
    labels_if_any,
    load_with_model,
    output_option,
    source_options,
)


@click.command()
@click.argument("source", metavar="DATA", type=FILE)
@output_option("OUT.png")
@click.option(
    "--count", type=click.IntRange(1, 50), default=10, show_default=True,
    help="How many queries, picked by the seed.",
)  # fmt: skip
@click.option(
    "--neighbours", "wanted", type=click.IntRange(1, 20), default=8, show_default=True,
    help="Neighbours of each query, by code and by pixels.",
)  # fmt: skip
@label_options
@source_options
@speed_options
@force_option
@common_options
def neighbours(
    source: Path,
    output: Path,
    count: int,
    wanted: int,
    label: str | None,
    label_file: Path | None,
    images: str | None,
    layout: str | None,
    model: str | None,
    seed: int,
    threads: int,
    batch: int,
    force: bool,
) -> None:
    """Show images of DATA beside those of DATA nearest to them by code, and by pixels."""
    check_suffix(output, ".png")
    check_target(output, force, source)
    from acncodec.analysis.nearest import nearest_rows
    from acncodec.container import atomic_output
    from acncodec.figures.galleries import Found, Source
    from acncodec.figures.galleries import neighbours as gallery
    from acncodec.figures.sheet import draw_sheet, png
    from acncodec.models.encode import encode_images
    from acncodec.models.selftest import check_products
    from acncodec.run.workers import Workers
    from acncodec.sampling import pick_rows

    data, chosen = load_with_model(source, images, layout, model, seed)
    labels = labels_if_any(data, source, label, label_file)
    queries = pick_rows(data.count, count, seed)
    with tracking(source.name) as progress, Workers(threads, batch) as workers:
        progress("encoding", 0.0)
        check_products(chosen)
        codes = encode_images(chosen, data.pixels, workers, data.levels)
        progress("searching", 0.9)
        found = Found(
            queries,
            nearest_rows(chosen.latents.points(codes), queries, wanted),
            nearest_rows(data.pixels.reshape(data.count, -1), queries, wanted),
        )
    about = Source(chosen.name, data.levels, seed, source.name)
    content = png(draw_sheet(gallery(data.pixels, found, labels, about)))
    with atomic_output(output, force) as file:
        file.write(content)
    say(f"{output}: {wanted} neighbours of each of {len(queries)} images, of {data.count:,}")
