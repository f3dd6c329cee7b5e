"""Batches of images of several classes: which image is of which class, then the images.

pop the classes    pop z    pop x, each of its class    push z
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import BitsBack, Coded, Tally
from acncodec.coding.draws import Draws
from acncodec.contracts.codec import Codec
from acncodec.contracts.message import Message
from acncodec.errors import CoderError
from acncodec.images.mixed_images import MixedImages

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ClassedShared:
    """What the batches have in common.

    draws: of the classes of all images, which the batches go through; likelihood: classes (n,) and
    latents (n, D) to r(x|z); encode: images to codes; posterior: codes to q(z|x).
    """

    draws: Draws
    likelihood: Callable[[Ints, Ints], Codec[Any]]
    encode: Callable[[Any], Ints] | None
    posterior: Callable[[Ints], Codec[Ints]]

    def of(self, size: int, prior: Codec[Ints], tally: Tally) -> ClassedBatch:
        """The codec of a batch."""
        return ClassedBatch(self, size, prior, tally)


@dataclass(frozen=True)
class ClassedBatch:
    """The codec of a batch of `size` images whose latents have this prior."""

    shared: ClassedShared
    size: int
    prior: Codec[Ints]
    tally: Tally

    def push(self, stack: Message, symbol: Coded) -> None:
        """Alice's step. Raises `StackExhaustedError` where latents find too few bits."""
        images = symbol.pixels
        if not isinstance(images, MixedImages):
            raise CoderError("the images have no classes")
        self._given(images.members).push(stack, symbol)
        before = stack.ideal_bits
        self.shared.draws.push(stack, images.members)
        self.tally.order_bits += stack.ideal_bits - before

    def pop(self, stack: Message) -> Coded:
        """Bob's step. Raises `CorruptionError` when the stack holds less than Alice ever leaves."""
        return self._given(self.shared.draws.pop(stack, self.size)).pop(stack)

    def _given(self, members: Ints) -> BitsBack:
        shared = self.shared
        return BitsBack(
            self.prior, partial(shared.likelihood, members), shared.encode, shared.posterior,
            self.tally,
        )  # fmt: skip
