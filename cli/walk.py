"""`acncodec walk`: the images on the way from one latent to another."""

from __future__ import annotations

from pathlib import Path

import click

from .options import SIZE, force_option, model_option, speed_options
from .progress import tracking
from .session import check_target, common_options, say
from .sources import SAMPLE_MODEL, check_suffix, output_option, seed_option

MILLISECONDS = 120
"""How long a step of the GIF is shown."""


@click.command()
@output_option("OUT.gif|OUT.png")
@model_option(SAMPLE_MODEL)
@click.option(
    "--count", type=click.IntRange(1, 20), default=1, show_default=True,
    help="How many walks, each between two latents of its own.",
)  # fmt: skip
@click.option(
    "--steps", type=click.IntRange(1, 100), default=16, show_default=True, help="Steps of a walk."
)
@click.option(
    "--size", type=SIZE, metavar="HEIGHTxWIDTH",
    help="Of the images, where the model takes any.  [default: that of its training data]",
)  # fmt: skip
@seed_option
@speed_options
@force_option
@common_options
def walk(
    output: Path,
    model: str | None,
    count: int,
    steps: int,
    size: tuple[int, int] | None,
    seed: int,
    threads: int,
    batch: int,
    force: bool,
) -> None:
    """Draw the images on straight ways between latents that the unconditional prior drew.

    Where the decoder is told the class, all classes walk side by side, from one style to another.
    OUT.gif shows one step at a time, there and back again; OUT.png has all steps in a row.
    """
    check_suffix(output, ".gif", ".png")
    check_target(output, force)
    from acncodec.container import atomic_output
    from acncodec.figures.galleries import Source
    from acncodec.figures.sheet import draw_sheet, gif, png
    from acncodec.figures.walks import walk_frames, walk_rows
    from acncodec.models import find_by_name_or_path
    from acncodec.run.workers import Workers
    from acncodec.sampling import kind_to_draw, levels_drawn, walks

    chosen = find_by_name_or_path(model or SAMPLE_MODEL)
    kind = kind_to_draw(chosen, size)
    with tracking("walk") as progress, Workers(threads, batch) as workers:
        drawn = walks(
            chosen, count, steps, seed, workers, lambda share: progress("drawing", share), kind
        )
    levels = levels_drawn(chosen, kind)
    about = Source(chosen.name, levels, seed, inked=kind.levels == 2 != levels)
    if output.suffix.lower() == ".gif":
        content = gif([draw_sheet(frame) for frame in walk_frames(drawn, about)], MILLISECONDS)
    else:
        content = png(draw_sheet(walk_rows(drawn, about)))
    with atomic_output(output, force) as file:
        file.write(content)
    say(f"{output}: {count} walk(s) of {steps} steps by the model {chosen.name}")
