"""What another compressor makes of images, about: by which a network's size is chosen."""

from __future__ import annotations

import lzma
from collections.abc import Iterable
from typing import Any, Final

from numpy.typing import NDArray

from acncodec.images.spaced import spaced

SOME: Final = 1 << 20
"""Samples, or little more, of which the rest is judged."""


def xz_bytes(blocks: Iterable[NDArray[Any]]) -> int:
    """Bytes that xz would make of level indexes, blocks (N, ...), from images spread over each."""
    parts = list(blocks)
    samples = sum(block.size for block in parts)
    if not samples:
        return 0
    taken = [_spread(block, min(1.0, SOME / samples)) for block in parts]
    packed = len(lzma.compress(b"".join(part.tobytes() for part in taken)))
    return round(packed * samples / sum(part.size for part in taken))


def _spread(block: NDArray[Any], share: float) -> NDArray[Any]:
    """About this share of the images of a block, at least one, evenly from first to last."""
    return block[spaced(len(block), max(1, round(share * len(block))))] if len(block) else block
