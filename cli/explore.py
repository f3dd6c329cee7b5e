"""`acncodec explore`: a page to look at a set by, its codes and a tour through them."""

from __future__ import annotations

from pathlib import Path

import click

from acncodec.errors import naming

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
@output_option("PAGE.html")
@click.option(
    "--count", type=click.IntRange(min=1), default=10_000, show_default=True,
    help="How many images, picked by the seed; all if there are fewer.",
)  # fmt: skip
@click.option(
    "--neighbours", type=click.IntRange(1, 20), default=8, show_default=True,
    help="Neighbours of each image, by code and by pixels.",
)  # fmt: skip
@click.option(
    "--samples", type=click.IntRange(min=0), default=1, show_default=True,
    help="Posterior samples for the bits of an image; 0 leaves the bits out.",
)  # fmt: skip
@click.option(
    "--solver", type=click.Choice(["greedy", "improved"]), default="greedy", show_default=True,
    help="Of the tour: the paper's, or one improved on the expected KL, for models that have one.",
)  # fmt: skip
@label_options
@source_options
@speed_options
@force_option
@common_options
def explore(
    source: Path,
    output: Path,
    count: int,
    neighbours: int,
    samples: int,
    solver: str,
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
    """Write a page to look at the images of DATA by: a single file, for any browser, that needs no
    network (needs the extra `explore`).

    It has a map of the codes (PCA and t-SNE) to zoom and pan, the image under the pointer, its
    neighbours by code and by pixels, colours by label, by bits and by place in a tour, and the
    dearest and the cheapest images. A model without codes has a map of pixels. The bits take
    longest, then t-SNE.
    """
    check_suffix(output, ".html")
    check_target(output, force, source)
    from acncodec.container import atomic_output
    from acncodec.explore.library import load_library
    from acncodec.explore.page import to_html
    from acncodec.explore.survey import Choices, survey
    from acncodec.run.workers import Workers
    from acncodec.sampling import pick_rows

    library = load_library()
    data, chosen = load_with_model(source, images, layout, model, seed)
    labels = labels_if_any(data, source, label, label_file)
    rows = pick_rows(data.count, count, seed)
    choices = Choices(seed, neighbours, samples, solver)
    with naming(source), tracking(source.name) as progress, Workers(threads, batch) as workers:
        found = survey(chosen, data, rows, labels, source.name, choices, workers, progress)
        progress("drawing", 0.95)
        page = to_html(found, library).encode()
    with atomic_output(output, force) as file:
        file.write(page)
    say(f"{output}: {found.count:,} images by the model {chosen.name}, {len(page):,} bytes")
