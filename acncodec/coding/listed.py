"""Images of one shape as a list: a codec of arrays as one of lists."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.sites import Sites
from acncodec.contracts.message import Message

Pixels = NDArray[Any]


class Listed:
    """The codec of n images (C, H, W) of one kind by that of an array of them. n is at least 1."""

    def __init__(self, codec: Sites) -> None:
        self._codec = codec

    def push(self, stack: Message, symbol: list[Pixels]) -> None:
        """Push images."""
        self._codec.push(stack, np.stack(symbol))

    def push_priced(self, stack: Message, symbol: list[Pixels]) -> NDArray[np.float64]:
        """Push images, and say what each costs, bits (n,)."""
        return self._codec.push_priced(stack, np.stack(symbol))

    def image_bits(self, symbol: list[Pixels]) -> NDArray[np.float64]:
        """Information content of each image, bits (n,)."""
        return self._codec.image_bits(np.stack(symbol))

    def pop(self, stack: Message) -> list[Pixels]:
        """Pop images."""
        return list(self._codec.pop(stack))

    def bits(self, symbol: list[Pixels]) -> float:
        """Information content of images, bits."""
        return self._codec.bits(np.stack(symbol))
