"""`acncodec daydream`: chains of images, each drawn given the code of the one before it."""

from __future__ import annotations

from pathlib import Path

import click

from .options import force_option, speed_options
from .places import FILE
from .progress import tracking
from .session import check_target, common_options, say
from .sources import check_suffix, load_with_model, output_option, source_options

MILLISECONDS = 500
"""How long an image of the GIF is shown."""


@click.command()
@click.argument("source", metavar="DATA", type=FILE)
@output_option("OUT.gif|OUT.png")
@click.option(
    "--count", type=click.IntRange(1, 100), default=10, show_default=True,
    help="How many chains; their first images are picked by the seed.",
)  # fmt: skip
@click.option(
    "--steps", type=click.IntRange(1, 100), default=14, show_default=True,
    help="Images of a chain after the first.",
)  # fmt: skip
@source_options
@speed_options
@force_option
@common_options
def daydream(
    source: Path,
    output: Path,
    count: int,
    steps: int,
    images: str | None,
    layout: str | None,
    model: str | None,
    seed: int,
    threads: int,
    batch: int,
    force: bool,
) -> None:
    """Encode an image of DATA, draw the next one given its code, encode that, and so on.

    OUT.png has a chain in each row; OUT.gif shows all chains side by side, one step at a time.
    """
    check_suffix(output, ".gif", ".png")
    check_target(output, force, source)
    from acncodec.container import atomic_output
    from acncodec.figures.galleries import Source, daydream_frames, daydreams
    from acncodec.figures.sheet import draw_sheet, gif, png
    from acncodec.run.workers import Workers
    from acncodec.sampling import daydream as draw
    from acncodec.sampling import pick_rows

    data, chosen = load_with_model(source, images, layout, model, seed, coded=True)
    first = data.pixels[pick_rows(data.count, count, seed)]
    with tracking(source.name) as progress, Workers(threads, batch) as workers:
        chains = draw(
            chosen, first, steps, seed, workers,
            lambda share: progress("dreaming", share), data.levels,
        )  # fmt: skip
    about = Source(chosen.name, data.levels, seed, source.name)
    if output.suffix.lower() == ".gif":
        frames = [draw_sheet(frame) for frame in daydream_frames(chains, about)]
        content = gif(frames, MILLISECONDS)
    else:
        content = png(draw_sheet(daydreams(chains, about)))
    with atomic_output(output, force) as file:
        file.write(content)
    say(f"{output}: {steps} steps from each of {len(first)} images")
