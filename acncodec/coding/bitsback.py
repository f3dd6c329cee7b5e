"""Bits-back: a codec of images, made of codecs (paper, section 2).

Bob (top of the stack to the right):

    pop z with p(z|c')    pop x with r(x|z)    c = encoder(x)    push z with q(z|x)

and Alice, who undoes it step by step:

    pop z with q(z|x)     push x with r(x|z)   push z with p(z|c')

What Alice pops as z is what Bob pushes back: those bits are not lost, which is why a latent
costs only KL(q(z|x) || p(z|c')).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.codec import Codec
from acncodec.contracts.message import MIN_LEFT_BITS, Message
from acncodec.errors import CorruptionError
from acncodec.images.mixed_images import MixedImages

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Pixels = NDArray[Any] | MixedImages
"""Images: level indexes (n, C, H, W) of one shape, or of several."""


class Coded(NamedTuple):
    """Images and their codes (n, *shape)."""

    pixels: Pixels
    codes: Ints


@dataclass
class Tally:
    """Ideal bits of a run, bits-back subtracted: what latents and pixels cost, what a choice among
    images gives back, and what their order or their classes cost; batch by batch which images were
    pushed, and what the pixels of each cost, where the codec says so."""

    latent_bits: float = 0.0
    pixel_bits: float = 0.0
    choice_bits: float = 0.0
    order_bits: float = 0.0
    taken: list[Ints] = field(default_factory=list)
    image_bits: list[Floats] = field(default_factory=list)

    @property
    def beside_pixels(self) -> float:
        """What all but the pixels cost, bits."""
        return self.latent_bits + self.choice_bits + self.order_bits

    def costs(self, count: int) -> Floats | None:
        """Bits of the pixels of each of `count` images, (count,), or None if nobody said so."""
        if len(self.taken) != len(self.image_bits):
            return None
        costs = np.zeros(count)
        for rows, bits in zip(self.taken, self.image_bits, strict=True):
            costs[rows] = bits
        return costs


@dataclass(frozen=True)
class BitsBack:
    """Images whose latents have a prior that both sides know.

    prior: p(z|c') of the n images; likelihood: latents to r(x|z); encode: images to codes, or None
    where latents are certain and are the codes; posterior: codes to q(z|x). It tallies what it
    pushes; beforehand there is no `bits`, for the latents, which decide them, are drawn from the
    stack.
    """

    prior: Codec[Ints]
    likelihood: Callable[[Ints], Codec[Pixels]]
    encode: Callable[[Pixels], Ints] | None
    posterior: Callable[[Ints], Codec[Ints]]
    tally: Tally = field(default_factory=Tally)

    def push(self, stack: Message, symbol: Coded) -> None:
        """Alice's step. Raises `StackExhaustedError` where latents find too few bits."""
        start = stack.ideal_bits
        z = self.posterior(symbol.codes).pop(stack)
        drawn = stack.ideal_bits
        self.likelihood(z).push(stack, symbol.pixels)
        shown = stack.ideal_bits
        self.prior.push(stack, z)
        self.tally.pixel_bits += shown - drawn
        self.tally.latent_bits += stack.ideal_bits - shown + drawn - start

    def pop(self, stack: Message) -> Coded:
        """Bob's step. Raises `CorruptionError` when the stack holds less than Alice ever leaves."""
        z = self.prior.pop(stack)
        pixels = self.likelihood(z).pop(stack)
        if stack.valid_bits < MIN_LEFT_BITS:
            raise CorruptionError("the stack ran out of bits")
        codes = z if self.encode is None else self.encode(pixels)
        self.posterior(codes).push(stack, z)
        return Coded(pixels, codes)
