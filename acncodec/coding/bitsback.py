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

from acncodec.coding.latents import (
    MIN_LEFT_BITS,
    ConditionalPrior,
    Posterior,
    UnconditionalPrior,
)
from acncodec.coding.multiset import Decoded, Remaining
from acncodec.coding.pixels import PixelCodec, Workers
from acncodec.coding.stack import Stack
from acncodec.errors import CorruptionError
from acncodec.exact.conv import Pixels
from acncodec.exact.model import FrozenModel
from acncodec.exact.tables import NOISE_REACH
from acncodec.ordering.schedule import Schedule

Ints = NDArray[np.int64]
Progress = Callable[[int], None]


@dataclass
class Tally:
    """Ideal bits of a run, bits-back subtracted: what latents, pixels and order cost."""

    latent_bits: float = 0.0
    pixel_bits: float = 0.0
    order_bits: float = 0.0


class BitsBack:
    """Codes batches of images whose parents' codes are known."""

    def __init__(self, model: FrozenModel, workers: Workers) -> None:
        self._model, self._workers = model, workers
        self.tally = Tally()

    def _priors(self, parents: Ints, has_parent: NDArray[np.bool_]) -> _Split:
        dim = self._model.config.latent_dim
        return _Split(
            has_parent,
            UnconditionalPrior(self._model.mixture, int((~has_parent).sum()), dim),
            ConditionalPrior(self._model.prior_network, parents[has_parent])
            if has_parent.any()
            else None,
        )

    def push(
        self, stack: Stack, pixels: Pixels, codes: Ints, parents: Ints, has: NDArray[np.bool_]
    ) -> None:
        """Alice's step. pixels (n, C, H, W); codes, parents (n, D); has: (n,), parent or not."""
        before = stack.ideal_bits
        z = Posterior(codes, NOISE_REACH).pop(stack)
        middle = stack.ideal_bits
        PixelCodec(self._model.decoder, z, self._workers).push(stack, pixels)
        after = stack.ideal_bits
        self._priors(parents, has).push(stack, z)
        self.tally.pixel_bits += after - middle
        self.tally.latent_bits += stack.ideal_bits - after + middle - before

    def pop(self, stack: Stack, parents: Ints, has: NDArray[np.bool_]) -> tuple[Pixels, Ints]:
        """Bob's step. Returns pixels (n, C, H, W) and their codes (n, D).

        Raises `CorruptionError` when the stack holds less than Alice ever left on it.
        """
        z = self._priors(parents, has).pop(stack)
        pixels = PixelCodec(self._model.decoder, z, self._workers).pop(stack)
        if stack.valid_bits < MIN_LEFT_BITS:
            raise CorruptionError("the stack ran out of bits")
        codes = encode_images(self._model, pixels, self._workers)
        Posterior(codes, NOISE_REACH).push(stack, z)
        return pixels, codes


class _Split:
    """The prior of a batch in which some items have a parent and some have none."""

    def __init__(
        self, has: NDArray[np.bool_], without: UnconditionalPrior, given: ConditionalPrior | None
    ) -> None:
        self._has, self._without, self._given = has, without, given

    def push(self, stack: Stack, z: Ints) -> None:
        if self._given is not None:
            self._given.push(stack, z[self._has])
        if not self._has.all():
            self._without.push(stack, z[~self._has])

    def pop(self, stack: Stack) -> Ints:
        without = None if self._has.all() else self._without.pop(stack)
        given = None if self._given is None else self._given.pop(stack)
        parts = [part for part in (without, given) if part is not None]
        z = np.zeros((len(self._has), parts[0].shape[1]), np.int64)
        if without is not None:
            z[~self._has] = without
        if given is not None:
            z[self._has] = given
        return z


def encode_images(model: FrozenModel, pixels: Pixels, workers: Workers) -> Ints:
    """Codes of images (N, C, H, W) in grid steps, int64 (N, D)."""
    encoder = model.encoder
    if encoder is None or not len(pixels):
        return np.zeros((len(pixels), model.config.latent_dim), np.int64)
    parts = workers.parts(len(pixels))
    return np.concatenate(workers.map(lambda rows: encoder.codes(pixels[rows]), parts))


def push_all(
    stack: Stack,
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
        coder.push(stack, pixels[rows], codes[rows], codes[parents], parents >= 0)
        progress(rows.stop - rows.start)
    return coder.tally


def pop_all(
    stack: Stack, model: FrozenModel, schedule: Schedule, workers: Workers, progress: Progress
) -> Pixels:
    """Bob: pop all images, uint8 (N, C, H, W), in decoding order."""
    count = len(schedule.parents)
    pixels = np.zeros((count, *model.config.image_shape), np.uint8)
    codes = np.zeros((count, model.config.latent_dim), np.int64)
    coder = BitsBack(model, workers)
    for rows in schedule.batches():
        parents = schedule.parents[rows]
        pixels[rows], codes[rows] = coder.pop(stack, codes[parents], parents >= 0)
        progress(rows.stop - rows.start)
    return pixels


def push_set(
    stack: Stack,
    model: FrozenModel,
    schedule: Schedule,
    pixels: Pixels,
    codes: Ints,
    workers: Workers,
    progress: Progress,
) -> Tally:
    """Alice: push all images, all different, in an order that the stack chooses.

    pixels (N, C, H, W) and codes (N, D) are in canonical order; no item has a parent.
    """
    coder, remaining = BitsBack(model, workers), Remaining(len(pixels))
    for size in reversed(schedule.sizes):
        before = stack.ideal_bits
        chosen = remaining.pop(stack, size)
        coder.tally.order_bits += stack.ideal_bits - before
        alone = np.zeros(size, np.bool_)
        coder.push(stack, pixels[chosen], codes[chosen], codes[chosen], alone)
        progress(size)
    return coder.tally


def pop_set(
    stack: Stack, model: FrozenModel, schedule: Schedule, workers: Workers, progress: Progress
) -> Pixels:
    """Bob: pop all images of a set, uint8 (N, C, H, W), in the order that the stack chose."""
    coder, decoded = BitsBack(model, workers), Decoded()
    pixels = np.zeros((len(schedule.parents), *model.config.image_shape), np.uint8)
    for rows in schedule.batches():
        size = rows.stop - rows.start
        unused = np.zeros((size, model.config.latent_dim), np.int64)
        pixels[rows], _ = coder.pop(stack, unused, np.zeros(size, np.bool_))
        decoded.push(stack, [image.tobytes() for image in pixels[rows]])
        progress(size)
    return pixels
