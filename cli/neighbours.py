"""`acncodec neighbours`: nearest images by code and by pixels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import force_option, speed_options
from .places import FILE
from .progress import tracking
from .session import check_target, common_options, say, warn
from .sources import (
    check_suffix,
    label_options,
    labels_if_any,
    load_with_model,
    output_option,
    source_options,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from acncodec.images import DataSet
    from acncodec.models.frozen import FrozenModel
    from acncodec.run.workers import Workers


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
@click.option(
    "--reconstruct", "drawing", is_flag=True,
    help="Also what the decoder draws from the codes of those that are nearest by code.",
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
    drawing: bool,
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
    """Show images of DATA beside those of DATA nearest to them by code, and by pixels.

    Labels are for the colours, and with --reconstruct for models whose decoder is told the class.
    """
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
    from acncodec.sampling import at_levels, pick_rows

    data, chosen = load_with_model(source, images, layout, model, seed, coded=True)
    labels = labels_if_any(data, source, label, label_file)
    queries = pick_rows(data.count, count, seed)
    with tracking(source.name) as progress, Workers(threads, batch) as workers:
        progress("encoding", 0.0)
        check_products(chosen)
        codes = encode_images(chosen, data.pixels, workers, data.levels)
        progress("searching", 0.9)
        _warn_of_ties(source, codes, chosen)
        found = Found(
            queries,
            nearest_rows(chosen.latents.points(codes), queries, wanted),
            nearest_rows(data.pixels.reshape(data.count, -1), queries, wanted),
        )
        drawn, shown, levels = None, data.pixels, data.levels
        if drawing:
            progress("drawing", 0.95)
            drawn, levels = _drawn(chosen, data, found.by_code, labels, seed, workers)
            shown = at_levels(shown, data.levels, levels)
    about = Source(chosen.name, levels, seed, source.name, inked=data.levels == 2 != levels)
    content = png(draw_sheet(gallery(shown, found, labels, about, drawn)))
    with atomic_output(output, force) as file:
        file.write(content)
    say(f"{output}: {wanted} neighbours of each of {len(queries)} images, of {data.count:,}")


def _warn_of_ties(source: Path, codes: NDArray[np.int64], model: FrozenModel) -> None:
    """Say so where many images have the same code, and neighbours are mere chance."""
    import numpy as np

    distinct = len(np.unique(codes, axis=0))
    if 2 * distinct <= len(codes):
        warn(
            f"{source}: {len(codes):,} images have {distinct:,} different codes by {model.name}: "
            "of those with the same code the first ones stand first"
        )


def _drawn(
    model: FrozenModel, data: DataSet, rows: NDArray[np.int64], labels: NDArray[Any] | None,
    seed: int, workers: Workers,
) -> tuple[NDArray[Any], int]:  # fmt: skip
    """What the decoder draws from the codes of the images `rows` (n, k), and how many levels that
    has. Raises `DataError` where the decoder is told classes, and there are none."""
    from acncodec.contracts.image_kind import ImageKind
    from acncodec.errors import DataError
    from acncodec.families.family import CLASSES
    from acncodec.sampling import levels_drawn, reconstruct

    if not model.can(CLASSES):
        labels = None
    elif labels is None:
        raise DataError(
            f"the decoder of the model {model.name} is told classes: --labels names them"
        )
    flat = rows.ravel()
    told = None if labels is None else labels[flat]
    drawn = reconstruct(
        model, data.pixels[flat], 1, seed, workers, levels=data.levels, labels=told
    )  # fmt: skip
    levels = levels_drawn(model, ImageKind.of(data.shape, data.levels))
    return drawn.reshape(*rows.shape, *data.shape), levels
