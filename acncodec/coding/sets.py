"""Sets over batches: the stack chooses the order, and the images before a batch may price it.

For each batch, Alice first pops which of the images left she takes; what is then left is what
Bob has decoded before it, and both know that in canonical order. Bob ends the batch by pushing
the choices back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.bitsback import BitsBack, Progress, Tally
from acncodec.coding.multiset import Decoded, Remaining
from acncodec.contracts.codec import Codec
from acncodec.contracts.message import Message
from acncodec.engines.conv import Pixels
from acncodec.latents.codecs import UnconditionalPrior
from acncodec.latents.urn import Pool, UrnRule
from acncodec.latents.urn_codec import UrnPrior
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.schedule import Schedule
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]


class SetPriors:
    """The prior of each batch of a set: unconditional, or with a rule an urn of earlier images."""

    def __init__(self, model: FrozenModel, rule: UrnRule | None, capacity: int) -> None:
        self._mixture, self._dim, self._rule = model.mixture, model.config.latent_dim, rule
        self._pool = Pool(model.prior_network, self._dim, rule.kernel, capacity) if rule else None

    def add(self, codes: Ints) -> None:
        """Images become known, with codes (n, D)."""
        if self._pool is not None:
            self._pool.add(codes)

    def of(self, count: int, earlier: Ints) -> Codec[Ints]:
        """The prior of `count` images. earlier: which of those added come before them, in
        canonical order."""
        if self._pool is None or self._rule is None:
            return UnconditionalPrior(self._mixture, count, self._dim)
        return UrnPrior(self._mixture, self._pool, self._rule, earlier, count)


def push_set(
    stack: Message,
    model: FrozenModel,
    schedule: Schedule,
    pixels: Pixels,
    codes: Ints,
    workers: Workers,
    progress: Progress,
    rule: UrnRule | None = None,
) -> Tally:
    """Alice: push all images, all different, in an order that the stack chooses.

    pixels (N, C, H, W) and codes (N, D) are in canonical order; no item has a parent.
    """
    coder, remaining = BitsBack(model, workers), Remaining(len(pixels))
    priors = SetPriors(model, rule, len(pixels))
    priors.add(codes)
    for size in reversed(schedule.sizes):
        before = stack.ideal_bits
        chosen = remaining.pop(stack, size)
        coder.tally.order_bits += stack.ideal_bits - before
        coder.push(stack, pixels[chosen], codes[chosen], priors.of(size, remaining.items()))
        progress(size)
    return coder.tally


def pop_set(
    stack: Message,
    model: FrozenModel,
    schedule: Schedule,
    workers: Workers,
    progress: Progress,
    rule: UrnRule | None = None,
) -> Pixels:
    """Bob: pop all images of a set, uint8 (N, C, H, W), in the order that the stack chose."""
    coder, decoded = BitsBack(model, workers), Decoded()
    pixels = np.zeros((len(schedule.parents), *model.config.image_shape), np.uint8)
    priors = SetPriors(model, rule, len(pixels))
    for rows in schedule.batches():
        size = rows.stop - rows.start
        pixels[rows], codes = coder.pop(stack, priors.of(size, decoded.order()))
        priors.add(codes)
        decoded.push(stack, [image.tobytes() for image in pixels[rows]])
        progress(size)
    return pixels
