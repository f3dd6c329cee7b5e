"""`acncodec embed`: the codes of images, for whatever comes after."""

from __future__ import annotations

import io
from pathlib import Path

import click

from acncodec.errors import naming

from .options import force_option, speed_options
from .places import FILE
from .progress import tracking
from .session import check_target, common_options, say
from .sources import (
    check_suffix,
    load_with_model,
    output_option,
    read_labels,
    source_options,
)


@click.command()
@click.argument("source", metavar="DATA", type=FILE)
@output_option("CODES.npz")
@click.option(
    "--labels", "label_file", metavar="FILE", type=FILE,
    help="A file of labels, IDX (gzipped or not) or .npy, to be carried along as `y`.",
)  # fmt: skip
@source_options
@speed_options
@force_option
@common_options
def embed(
    source: Path,
    output: Path,
    label_file: Path | None,
    images: str | None,
    layout: str | None,
    model: str | None,
    seed: int,
    threads: int,
    batch: int,
    force: bool,
) -> None:
    """Write the mean codes of the images in DATA.

    CODES.npz holds `codes`, float32 (N, D), from the float encoder; `grid`, int16 (N, D), the
    same in steps of 1/8 from the exact encoder, alike on every machine; and all arrays of DATA
    that are as long as the images. Of a model with a codebook `codes` are its vectors, place after
    place, and `grid` their indexes.
    """
    check_suffix(output, ".npz")
    check_target(output, force, source)
    from acncodec.analysis.embedding import embed as encode
    from acncodec.analysis.embedding import named_arrays
    from acncodec.container import atomic_output
    from acncodec.images.formats.npz import save_arrays
    from acncodec.run.workers import Workers

    data, chosen = load_with_model(source, images, layout, model, seed, coded=True)
    labels = None if label_file is None else read_labels(data, source, None, label_file)
    with tracking(source.name) as progress, Workers(threads, batch) as workers:
        progress("encoding", 0.0)
        embedding = encode(chosen, data.pixels, workers, data.levels)
    content = io.BytesIO()
    with naming(source):
        save_arrays(content, named_arrays(embedding, data, labels))
    with atomic_output(output, force) as file:
        file.write(content.getvalue())
    say(f"{output}: codes of {data.count:,} images, {embedding.codes.shape[1]} dimensions")
