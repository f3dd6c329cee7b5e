"""Sets: a sequence in an order that the stack chooses, so that the order's bits come back.

For each batch, Alice first pops which of the images left she takes; what is then left is what
Bob has decoded before it, and both know that in canonical order. Bob ends the batch by pushing
the choices back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import Pixels
from acncodec.coding.multiset import Decoded, Remaining
from acncodec.coding.sequence import Giving, Sequence, Taking
from acncodec.contracts.message import Message
from acncodec.images.levels import sample_bytes
from acncodec.images.mixed_images import MixedImages

Ints = NDArray[np.int64]


def image_keys(images: Pixels) -> list[bytes]:
    """The bytes of each image by which canonical order goes."""
    if isinstance(images, MixedImages):
        return images.keys()
    return [image.tobytes() for image in sample_bytes(images)]


class _Choosing:
    """Alice's choices among images in canonical order."""

    def __init__(self, count: int) -> None:
        self._remaining = Remaining(count)

    def take(self, stack: Message, size: int) -> Ints:
        return np.array(self._remaining.pop(stack, size), np.int64)

    def earlier(self) -> Ints:
        return self._remaining.items()


class _Ranking:
    """Bob's answer: the ranks of the images that he decodes."""

    def __init__(self) -> None:
        self._decoded = Decoded()

    def give(self, stack: Message, pixels: Pixels) -> None:
        self._decoded.push(stack, image_keys(pixels))

    def earlier(self) -> Ints:
        return self._decoded.order()


class SetOf(Sequence):
    """All different images, which Alice pushes in canonical order; Bob pops them in the order
    that the stack chose. Raises `CorruptionError` where an image comes twice."""

    def _taking(self, count: int) -> Taking:
        return _Choosing(count)

    def _giving(self) -> Giving:
        return _Ranking()
