"""`acncodec sample`: images that a model makes up."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from .options import force_option, model_option, speed_options
from .progress import tracking
from .session import check_target, common_options, say
from .sources import SAMPLE_MODEL, check_suffix, output_option, seed_option

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from acncodec.models.frozen import FrozenModel


@click.command()
@output_option("OUT.png|OUT.npz")
@model_option(SAMPLE_MODEL)
@click.option(
    "--count", type=click.IntRange(min=1), default=100, show_default=True, help="How many images."
)
@seed_option
@speed_options
@force_option
@common_options
def sample(
    output: Path, model: str | None, count: int, seed: int, threads: int, batch: int, force: bool
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
    from acncodec.sampling import sample as draw

    chosen = find_by_name_or_path(model or SAMPLE_MODEL)
    with tracking("sample") as progress, Workers(threads, batch) as workers:
        drawn = draw(chosen, count, seed, workers, lambda share: progress("drawing", share))
    with atomic_output(output, force) as file:
        file.write(render(drawn, chosen, seed))
    say(f"{output}: {count:,} samples of the model {chosen.name}")


def _png_renderer() -> Callable[[NDArray[np.uint8], FrozenModel, int], bytes]:
    """What draws the sheet; asked for before the work, as Pillow may be missing."""
    from acncodec.figures.galleries import Source, samples
    from acncodec.figures.sheet import draw_sheet, png

    def render(drawn: NDArray[np.uint8], model: FrozenModel, seed: int) -> bytes:
        source = Source(model.name, model.accepts.levels or 2, seed)
        return png(draw_sheet(samples(drawn, source)))

    return render


def _npz(drawn: NDArray[np.uint8], _model: FrozenModel, _seed: int) -> bytes:
    from acncodec.images.formats.npz import save_arrays

    file = io.BytesIO()
    x = drawn[:, 0] if drawn.shape[1] == 1 else np.ascontiguousarray(drawn.transpose(0, 2, 3, 1))
    save_arrays(file, [("x", x)])
    return file.getvalue()
