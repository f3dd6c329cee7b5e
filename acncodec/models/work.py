"""What an archive may ask of a reader: a few bytes shall not cost hours."""

from __future__ import annotations

from typing import Final

from acncodec.contracts.image_kind import Shape
from acncodec.errors import TooLargeError
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


def check_work(model: FrozenModel, shape: Shape, distinct: int, stack_bytes: int) -> None:
    """Raise `TooLargeError` for more work than a shard's stack is worth.

    shape: (C, H, W) of its `distinct` images. Images of a fixed size need no such bound: each of
    them has a bit or more (docs/FORMAT.md, 11.6).
    """
    if model.accepts.size is not None:
        return
    macs = model.macs_of(shape[1:]) * distinct
    if macs > max(FREE_MACS, MACS_A_BYTE * stack_bytes):
        raise TooLargeError(
            f"{distinct} images of {shape[1]}x{shape[2]} take {macs:.1e} multiply-adds, too many "
            f"for a stack of {stack_bytes} bytes"
        )
