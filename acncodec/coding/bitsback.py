"""Bits-back over a schedule: Alice's and Bob's procedures, step for step (paper, section 2).

For each batch, Bob (top of the stack to the right):

    pop z with p(z|c')    pop x with r(x|z)    c = encoder(x)    push z with q(z|x)

and Alice, going through the batches from the last to the first:

    pop z with q(z|x)     push x with r(x|z)   push z with p(z|c')

What Alice pops as z is what Bob pushes back: those bits are not lost, which is why a latent
costs only KL(q(z|x) || p(z|c')).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import NOISE_REACH
from acncodec.coding.pixels import PixelCodec
from acncodec.contracts.codec import Codec
from acncodec.contracts.message import Message
from acncodec.engines.conv import Pixels
from acncodec.errors import CorruptionError
from acncodec.latents.codecs import (
    MIN_LEFT_BITS,
    ConditionalPrior,
    Posterior,
    UnconditionalPrior,
)
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import Schedule
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]
Progress = Callable[[int], None]


@dataclass
class Tally:
    """Ideal bits of a run, bits-back subtracted: what latents, pixels and order cost."""

    latent_bits: float = 0.0
    pixel_bits: float = 0.0
    order_bits: float = 0.0


class BitsBack:
    """Codes batches of images, whose latents have a prior that both sides know."""

    def __init__(self, model: FrozenModel, workers: Workers) -> None:
        self._model, self._workers = model, workers
        self.tally = Tally()

    def push(self, stack: Message, pixels: Pixels, codes: Ints, prior: Codec[Ints]) -> None:
        """Alice's step. pixels (n, C, H, W); codes (n, D); prior: of latents (n, D)."""
        before = stack.ideal_bits
        z = Posterior(codes, NOISE_REACH).pop(stack)
        middle = stack.ideal_bits
        PixelCodec(self._model.decoder, z, self._workers).push(stack, pixels)
        after = stack.ideal_bits
        prior.push(stack, z)
        self.tally.pixel_bits += after - middle
        self.tally.latent_bits += stack.ideal_bits - after + middle - before

    def pop(self, stack: Message, prior: Codec[Ints]) -> tuple[Pixels, Ints]:
        """Bob's step. Returns pixels (n, C, H, W) and their codes (n, D).

        Raises `CorruptionError` when the stack holds less than Alice ever left on it.
        """
        z = prior.pop(stack)
        pixels = PixelCodec(self._model.decoder, z, self._workers).pop(stack)
        if stack.valid_bits < MIN_LEFT_BITS:
            raise CorruptionError("the stack ran out of bits")
        codes = encode_images(self._model, pixels, self._workers)
        Posterior(codes, NOISE_REACH).push(stack, z)
        return pixels, codes


class ParentPrior:
    """The prior of a batch in which some items have a parent and some have none.

    parents: int64 (n, D), the parents' codes; has: (n,), parent or not.
    """

    def __init__(self, model: FrozenModel, parents: Ints, has: NDArray[np.bool_]) -> None:
        dim = model.config.latent_dim
        self._has = has
        self._without = UnconditionalPrior(model.mixture, int((~has).sum()), dim)
        self._given = ConditionalPrior(model.prior_network, parents[has]) if has.any() else None

    def push(self, stack: Message, symbol: Ints) -> None:
        """Push latents (n, D)."""
        if self._given is not None:
            self._given.push(stack, symbol[self._has])
        if not self._has.all():
            self._without.push(stack, symbol[~self._has])

    def pop(self, stack: Message) -> Ints:
        """Pop latents (n, D)."""
        without = None if self._has.all() else self._without.pop(stack)
        given = None if self._given is None else self._given.pop(stack)
        parts = [part for part in (without, given) if part is not None]
        z = np.zeros((len(self._has), parts[0].shape[1]), np.int64)
        if without is not None:
            z[~self._has] = without
        if given is not None:
            z[self._has] = given
        return z

    def bits(self, symbol: Ints) -> float:
        """Expected cost of latents (n, D), bits."""
        given = 0.0 if self._given is None else self._given.bits(symbol[self._has])
        return given + self._without.bits(symbol[~self._has])


def encode_images(model: FrozenModel, pixels: Pixels, workers: Workers) -> Ints:
    """Codes of images (N, C, H, W) in grid steps, int64 (N, D)."""
    encoder = model.encoder
    if encoder is None or not len(pixels):
        return np.zeros((len(pixels), model.config.latent_dim), np.int64)
    parts = workers.parts(len(pixels))
    return np.concatenate(workers.map(lambda rows: encoder.codes(pixels[rows]), parts))


def push_all(
    stack: Message,
    model: FrozenModel,
    schedule: Schedule,
    pixels: Pixels,
    codes: Ints,
    workers: Workers,
    progress: Progress,
) -> Tally:
    """Alice: push all images. pixels (N, C, H, W) and codes (N, D) are in decoding order."""
    coder = BitsBack(model, workers)
    for rows in reversed(schedule.batches()):
        parents = schedule.parents[rows]
        prior = ParentPrior(model, codes[parents], parents >= 0)
        coder.push(stack, pixels[rows], codes[rows], prior)
        progress(rows.stop - rows.start)
    return coder.tally


def pop_all(
    stack: Message, model: FrozenModel, schedule: Schedule, workers: Workers, progress: Progress
) -> Pixels:
    """Bob: pop all images, uint8 (N, C, H, W), in decoding order."""
    count = len(schedule.parents)
    pixels = np.zeros((count, *model.config.image_shape), np.uint8)
    codes = np.zeros((count, model.config.latent_dim), np.int64)
    coder = BitsBack(model, workers)
    for rows in schedule.batches():
        parents = schedule.parents[rows]
        prior = ParentPrior(model, codes[parents], parents >= 0)
        pixels[rows], codes[rows] = coder.pop(stack, prior)
        progress(rows.stop - rows.start)
    return pixels
