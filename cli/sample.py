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

    OUT.png shows them on a sheet; OUT.npz holds the images themselves, as the array `x`.
    """
    check_suffix(output, ".png", ".npz")
    check_target(output, force)
    render = _npz if output.suffix.lower() == ".npz" else _png_renderer()
    from acncodec.container import atomic_output
    from acncodec.models import find_by_name_or_path
    from acncodec.run.workers import Workers
    from acncodec.sampling import kind_to_draw
    from acncodec.sampling import sample as draw

    chosen = find_by_name_or_path(model or SAMPLE_MODEL)
    kind = kind_to_draw(chosen, size)
    with tracking("sample") as progress, Workers(threads, batch) as workers:
        drawn = draw(chosen, count, seed, workers, lambda share: progress("drawing", share), kind)
    with atomic_output(output, force) as file:
        file.write(render(drawn, chosen.name, kind.levels or 2, seed))
    say(f"{output}: {count:,} samples of the model {chosen.name}")


def _png_renderer() -> Callable[[NDArray[Any], str, int, int], bytes]:
    """What draws the sheet; asked for before the work, as Pillow may be missing."""
    from acncodec.figures.galleries import Source, samples
    from acncodec.figures.sheet import draw_sheet, png

    def render(drawn: NDArray[Any], model: str, levels: int, seed: int) -> bytes:
        return png(draw_sheet(samples(drawn, Source(model, levels, seed))))

    return render


def _npz(drawn: NDArray[Any], _model: str, _levels: int, _seed: int) -> bytes:
    from acncodec.images.formats.npz import save_arrays

    file = io.BytesIO()
    x = drawn[:, 0] if drawn.shape[1] == 1 else np.ascontiguousarray(drawn.transpose(0, 2, 3, 1))
    save_arrays(file, [("x", x)])
    return file.getvalue()
