"""What an archive may ask of a reader: a few bytes shall not cost hours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from acncodec.contracts.image_kind import ImageKind, Shape
from acncodec.errors import TooLargeError
from acncodec.images.mixed_images import Images
from acncodec.models.frozen import FrozenModel

FREE_MACS: Final = 10**12
"""Multiply-adds that a shard may ask for, however short it is: some tens of seconds."""
MACS_A_BYTE: Final = 10**9
"""And what more it may ask for each byte of its stack."""

MAX_ENTRIES: Final = 1 << 23
"""Integers that a coded model may have: sixteen times as many as the largest that is trained."""


def check_entries(entries: int) -> None:
    """Raise `TooLargeError` for a coded model of more integers than one may have."""
    if entries > MAX_ENTRIES:
        raise TooLargeError(f"a coded model of {entries} integers; {MAX_ENTRIES} is the most")


def shapes_of(images: Images, distinct: int) -> list[tuple[Shape, int]]:
    """(C, H, W), and how many images of it there are, `distinct` in all."""
    if isinstance(images, ImageKind):
        return [((images.channels, *(images.size or (0, 0))), distinct)]
    return [(images.classes[number].shape, count) for number, count in images.counts]


def check_work(
    model: FrozenModel, shapes: Iterable[tuple[Shape, int]], stack_bytes: int
) -> None:  # fmt: skip
    """Raise `TooLargeError` for more work than a shard's stack is worth.

    shapes: (C, H, W), and how many distinct images have it. Images of a fixed size need no such
    bound: each of them has a bit or more (docs/FORMAT.md, 11.6).
    """
    if model.accepts.size is not None:
        return
    listed = list(shapes)
    macs = sum(model.macs_of(shape[1:]) * count for shape, count in listed)
    if macs > max(FREE_MACS, MACS_A_BYTE * stack_bytes):
        shape, count = listed[0]
        what = f"{count} images of {shape[1]}x{shape[2]}" if len(listed) == 1 else "the images"
        raise TooLargeError(
            f"{what} take {macs:.1e} multiply-adds, too many for a stack of {stack_bytes} bytes"
        )
