"""`acncodec reconstruct`: what the mean codes of images keep of them."""

from __future__ import annotations

from pathlib import Path

import click

from .options import FILE, force_option, speed_options
from .progress import tracking
from .session import check_target, common_options, say
from .sources import check_suffix, load_with_model, output_option, source_options


@click.command()
@click.argument("source", metavar="DATA", type=FILE)
@output_option("OUT.png")
@click.option(
    "--count", type=click.IntRange(1, 200), default=40, show_default=True,
    help="How many images, picked by the seed; all if there are fewer.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(1, 19), default=3, show_default=True,
    help="Reconstructions of each image.",
)  # fmt: skip
@source_options
@speed_options
@force_option
@common_options
def reconstruct(
    source: Path,
    output: Path,
    count: int,
    draws: int,
    images: str | None,
    layout: str | None,
    model: str | None,
    seed: int,
    threads: int,
    batch: int,
    force: bool,
) -> None:
    """Show images of DATA beside images that the decoder draws given their mean codes."""
    check_suffix(output, ".png")
    check_target(output, force, source)
    from acncodec.container import atomic_output
    from acncodec.figures.galleries import Source, reconstructions
    from acncodec.figures.sheet import draw_sheet, png
    from acncodec.run.workers import Workers
    from acncodec.sampling import pick_rows
    from acncodec.sampling import reconstruct as draw

    data, chosen = load_with_model(source, images, layout, model, seed)
    originals = data.pixels[pick_rows(data.count, count, seed)]
    with tracking(source.name) as progress, Workers(threads, batch) as workers:
        drawn = draw(
            chosen, originals, draws, seed, workers,
            lambda share: progress("drawing", share), data.levels,
        )  # fmt: skip
    about = Source(chosen.name, data.levels, seed, source.name)
    content = png(draw_sheet(reconstructions(originals, drawn, about)))
    with atomic_output(output, force) as file:
        file.write(content)
    say(f"{output}: {draws} reconstructions of each of {len(originals)} images")
