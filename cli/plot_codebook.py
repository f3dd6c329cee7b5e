"""`acncodec plot maps|codebook`: what a model with a codebook makes of images, and its vectors."""

from __future__ import annotations

from pathlib import Path

import click

from .options import force_option, model_option
from .places import FILE
from .progress import tracking
from .session import check_target, common_options, say
from .sources import check_suffix, load_with_model, output_option, seed_option, source_options


@click.command()
@click.argument("source", metavar="DATA", type=FILE)
@output_option("OUT.png")
@click.option(
    "--count", type=click.IntRange(1, 200), default=40, show_default=True,
    help="How many images, picked by the seed; all if there are fewer.",
)  # fmt: skip
@source_options
@force_option
@common_options
def maps(
    source: Path,
    output: Path,
    count: int,
    images: str | None,
    layout: str | None,
    model: str | None,
    seed: int,
    force: bool,
) -> None:
    """Show images of DATA beside their maps of codes, by a model with a codebook."""
    check_suffix(output, ".png")
    check_target(output, force, source)
    from acncodec.analysis.codebook import code_colours, maps_of
    from acncodec.container import atomic_output
    from acncodec.figures.galleries import Source, code_maps
    from acncodec.figures.sheet import draw_sheet, png
    from acncodec.models.encode import encode_images
    from acncodec.models.selftest import check_products
    from acncodec.run.workers import Workers
    from acncodec.sampling import pick_rows

    data, chosen = load_with_model(source, images, layout, model, seed)
    latents = maps_of(chosen)
    shown = data.pixels[pick_rows(data.count, count, seed)]
    with tracking(source.name) as progress, Workers(1, 256) as workers:
        progress("encoding", 0.0)
        check_products(chosen)
        codes = encode_images(chosen, shown, workers, data.levels)
    colours = code_colours(latents.codebook)[codes.reshape(len(codes), *latents.map_size)]
    about = Source(chosen.name, data.levels, seed, source.name)
    content = png(draw_sheet(code_maps(shown, colours, about)))
    with atomic_output(output, force) as file:
        file.write(content)
    say(f"{output}: maps of codes of {len(shown)} images")


@click.command()
@output_option("OUT.png")
@model_option("none: a model with a codebook must be named")
@click.option(
    "--perplexity", type=click.FloatRange(min=1), default=8, show_default=True,
    help="About how many neighbours each vector keeps.",
)  # fmt: skip
@seed_option
@force_option
@common_options
def codebook(output: Path, model: str | None, perplexity: float, seed: int, force: bool) -> None:
    """Draw t-SNE of the vectors of a codebook, in the colours that `plot maps` gives them."""
    if model is None:
        raise click.UsageError("Missing option '--model'.")
    check_suffix(output, ".png")
    check_target(output, force)
    from acncodec.analysis.codebook import code_colours, codebook_of
    from acncodec.analysis.projections import tsne
    from acncodec.container import atomic_output
    from acncodec.errors import DataError
    from acncodec.figures.scatter import plane
    from acncodec.models import find_by_name_or_path

    chosen = find_by_name_or_path(model)
    vectors = codebook_of(chosen).codebook
    if len(vectors) <= 3 * perplexity:
        raise DataError(
            f"{len(vectors)} codes are too few for a perplexity of {perplexity:g}; take at most a "
            "third of their number"
        )
    points = tsne(vectors.astype("float32"), perplexity, seed)
    title = f"t-SNE: the {len(vectors)} vectors of the codebook of the model {chosen.name}"
    notes = (f"Perplexity {perplexity:g}, seed {seed}. Axes have no meaning of their own.",)
    content = plane(points, None, title, notes, None, code_colours(vectors))
    with atomic_output(output, force) as file:
        file.write(content)
    say(f"{output}: {len(vectors)} vectors of the codebook of {chosen.name}")
