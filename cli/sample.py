"""`acncodec sample`: images that a model makes up."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from .options import SIZE, force_option, model_option, speed_options
from .progress import tracking
from .session import check_target, common_options, say
from .sources import SAMPLE_MODEL, check_suffix, output_option, seed_option

if TYPE_CHECKING:
    from numpy.typing import NDArray

Render = Callable[["NDArray[Any]", str, int, int, bool], bytes]
"""Images (n, K, C, H, W), K the classes that they were drawn in or 1; the model, the number of
levels, the seed, and whether they are shades of binary images."""


@click.command()
@output_option("OUT.png|OUT.npz")
@model_option(SAMPLE_MODEL)
@click.option(
    "--count", type=click.IntRange(min=1), default=100, show_default=True, help="How many images."
)
@click.option(
    "--size", type=SIZE, metavar="HEIGHTxWIDTH",
    help="Of the images, where the model takes any.  [default: that of its training data]",
)  # fmt: skip
@seed_option
@speed_options
@force_option
@common_options
def sample(
    output: Path,
    model: str | None,
    count: int,
    size: tuple[int, int] | None,
    seed: int,
    threads: int,
    batch: int,
    force: bool,
) -> None:
    """Draw images from the model alone: latents by the unconditional prior, then pixels.

    OUT.png shows them on a sheet; OUT.npz holds the images themselves, as the array `x`. Where the
    decoder is told the class, each latent is drawn in all classes, a style a row (in OUT.npz the
    array `y` has the classes), and as many as make COUNT images or, where it is no multiple of the
    number of classes, a few more.
    """
    check_suffix(output, ".png", ".npz")
    check_target(output, force)
    render: Render = _npz if output.suffix.lower() == ".npz" else _png_renderer()
    from acncodec.container import atomic_output
    from acncodec.models import find_by_name_or_path
    from acncodec.run.workers import Workers
    from acncodec.sampling import kind_to_draw, levels_drawn, styles
    from acncodec.sampling import sample as draw

    chosen = find_by_name_or_path(model or SAMPLE_MODEL)
    kind, classes = kind_to_draw(chosen, size), chosen.config.classes
    with tracking("sample") as progress, Workers(threads, batch) as workers:

        def tell(share: float) -> None:
            progress("drawing", share)

        if classes:
            drawn = styles(chosen, -(-count // classes), seed, workers, tell)
        else:
            drawn = draw(chosen, count, seed, workers, tell, kind)[:, None]
    levels = levels_drawn(chosen, kind)
    inked = kind.levels == 2 != levels
    with atomic_output(output, force) as file:
        file.write(render(drawn, chosen.name, levels, seed, inked))
    say(f"{output}: {drawn.shape[0] * drawn.shape[1]:,} samples of the model {chosen.name}")


def _png_renderer() -> Render:
    """What draws the sheet; asked for before the work, as Pillow may be missing."""
    from acncodec.figures.galleries import Source, samples
    from acncodec.figures.sheet import draw_sheet, png
    from acncodec.figures.walks import styles

    def render(drawn: NDArray[Any], model: str, levels: int, seed: int, inked: bool) -> bytes:
        source = Source(model, levels, seed, inked=inked)
        in_classes = drawn.shape[1] > 1
        return png(
            draw_sheet(styles(drawn, source) if in_classes else samples(drawn[:, 0], source))
        )

    return render


def _npz(drawn: NDArray[Any], _model: str, _levels: int, _seed: int, _inked: bool) -> bytes:
    from acncodec.images.formats.npz import save_arrays

    file, classes = io.BytesIO(), drawn.shape[1]
    flat = drawn.reshape(-1, *drawn.shape[2:])
    x = flat[:, 0] if flat.shape[1] == 1 else np.ascontiguousarray(flat.transpose(0, 2, 3, 1))
    arrays = [("x", x)]
    if classes > 1:
        arrays.append(("y", np.tile(np.arange(classes), len(drawn))))
    save_arrays(file, arrays)
    return file.getvalue()
