"""`acncodec reconstruct`: what the mean codes of images keep of them."""

from __future__ import annotations

from pathlib import Path

import click

from .options import force_option, speed_options
from .places import FILE
from .progress import tracking
from .session import check_target, common_options, say
from .sources import (
    check_suffix,
    classes_if_told,
    label_options,
    load_with_model,
    output_option,
    source_options,
)


@click.command()
@click.argument("source", metavar="DATA", type=FILE)
@output_option("OUT.png")
@click.option(
    "--count", type=click.IntRange(1, 200), default=40, show_default=True,
    help="How many images, picked by the seed; all if there are fewer.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(1, 19), default=3, show_default=True,
    help="Reconstructions of each image; one where the decoder leaves nothing to chance.",
)  # fmt: skip
@label_options
@source_options
@speed_options
@force_option
@common_options
def reconstruct(
    source: Path,
    output: Path,
    count: int,
    draws: int,
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
    """Show images of DATA beside images that the decoder draws given their mean codes.

    Labels are for models whose decoder is told the class of an image, and needed there.
    """
    check_suffix(output, ".png")
    check_target(output, force, source)
    from acncodec.container import atomic_output
    from acncodec.contracts.image_kind import ImageKind
    from acncodec.families.family import LIKELIHOOD
    from acncodec.figures.galleries import Source, reconstructions
    from acncodec.figures.sheet import draw_sheet, png
    from acncodec.run.workers import Workers
    from acncodec.sampling import at_levels, levels_drawn, pick_rows
    from acncodec.sampling import reconstruct as draw

    data, chosen = load_with_model(source, images, layout, model, seed, coded=True)
    rows = pick_rows(data.count, count, seed)
    originals = data.pixels[rows]
    labels = classes_if_told(chosen, data, source, label, label_file)
    draws = draws if chosen.can(LIKELIHOOD) else 1
    with tracking(source.name) as progress, Workers(threads, batch) as workers:
        drawn = draw(
            chosen, originals, draws, seed, workers,
            lambda share: progress("drawing", share), data.levels,
            None if labels is None else labels[rows],
        )  # fmt: skip
    levels = levels_drawn(chosen, ImageKind.of(data.shape, data.levels))
    originals = at_levels(originals, data.levels, levels)
    about = Source(chosen.name, levels, seed, source.name, inked=data.levels == 2 != levels)
    content = png(draw_sheet(reconstructions(originals, drawn, about)))
    with atomic_output(output, force) as file:
        file.write(content)
    kinds = "reconstruction" if draws == 1 else "reconstructions"
    say(f"{output}: {draws} {kinds} of each of {len(originals)} images")
