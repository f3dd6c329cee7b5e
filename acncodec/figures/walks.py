"""What styles and walks look like: rows of styles, columns of classes; and frames of a walk."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from acncodec.figures.galleries import Source, ink_notes
from acncodec.figures.sheet import Sheet
from acncodec.figures.style import BLUE

Pixels = NDArray[Any]


def styles(images: Pixels, source: Source) -> Sheet:
    """Images (styles, classes, C, H, W): each row one latent, each column a class."""
    count, classes = images.shape[:2]
    notes = f"A style a row, drawn by the unconditional prior. Seed {source.seed}."
    return Sheet(
        images, source.levels,
        f"{count:,} styles of the model {source.model}, each in {classes} classes",
        (notes, *ink_notes(source)), inks=(BLUE,), inked=source.inked,
        starts={column: str(column) for column in range(classes)},
    )  # fmt: skip


def walk_frames(walks: Pixels, source: Source) -> list[Sheet]:
    """Walks (n, steps + 1, classes, C, H, W) as frames of n rows and as many columns as classes:
    there and back again."""
    steps = walks.shape[1] - 1
    return [
        Sheet(
            walks[:, step], source.levels, _title(source),
            (f"Step {step} of {steps}. Seed {source.seed}.", *ink_notes(source)), inks=(BLUE,),
            inked=source.inked,
        )
        for step in (*range(steps + 1), *range(steps - 1, 0, -1))
    ]  # fmt: skip


def walk_rows(walks: Pixels, source: Source) -> Sheet:
    """The same walks on one sheet: for each and for each class a row of all steps."""
    count, steps, classes = walks.shape[:3]
    rows = walks.swapaxes(1, 2).reshape(count * classes, steps, *walks.shape[3:])
    notes = f"From left to right, {steps - 1} steps. Seed {source.seed}."
    return Sheet(
        rows, source.levels, _title(source), (notes, *ink_notes(source)), inks=(BLUE,),
        inked=source.inked,
    )  # fmt: skip


def _title(source: Source) -> str:
    return f"Walks between latents of the model {source.model}"
