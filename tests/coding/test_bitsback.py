"""Bits-back inverts itself, for whatever codecs it is made of."""

from __future__ import annotations

import numpy as np
import pytest
from invertibility import random_stack
from numpy.typing import NDArray

from acncodec.coding.bitsback import BitsBack, Coded, Tally
from acncodec.contracts.latent_space import LatentSpace
from acncodec.errors import CorruptionError
from acncodec.latents.none import NoLatents
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack
from acncodec.stack.elementary import Uniform

Ints = NDArray[np.int64]


def codec_of(
    model: FrozenModel, workers: Workers, parents: Ints | None, count: int, tally: Tally
) -> BitsBack:
    space = model.latents
    return BitsBack(
        space.prior(count) if parents is None else space.given(parents),
        lambda z: model.likelihood.codec(z, workers),
        lambda pixels: encode_images(model, pixels, workers),
        space.posterior,
        tally,
    )


@pytest.mark.parametrize("related", [False, True])
def test_images_come_back_from_other_threads_and_batches(
    tiny_model: FrozenModel, images: NDArray[np.uint8], related: bool
) -> None:
    stack, tally = random_stack(500, seed=2), Tally()
    message = stack.words()
    with Workers(2, 256) as workers:
        codes = encode_images(tiny_model, images, workers)
        parents = np.roll(codes, 1, 0) if related else None
        symbol = Coded(images, codes)
        codec_of(tiny_model, workers, parents, len(images), tally).push(stack, symbol)
    assert tally.latent_bits + tally.pixel_bits == pytest.approx(stack.ideal_bits)
    assert tally.pixel_bits > 0 and tally.order_bits == 0.0
    with Workers(1, 7) as workers:
        back = codec_of(tiny_model, workers, parents, len(images), Tally()).pop(stack)
    assert np.array_equal(back.pixels, images) and np.array_equal(back.codes, codes)
    assert np.array_equal(stack.words(), message)


class OneOf:
    """Images of one pixel each, one after the other, by a uniform codec: no network at all."""

    def __init__(self, count: int, levels: int) -> None:
        self._count, self._level = count, Uniform(levels)

    def push(self, stack: Stack, symbol: NDArray[np.uint8]) -> None:
        """Push images (n, 1, 1, 1)."""
        for value in reversed(symbol.ravel().tolist()):
            self._level.push(stack, value)

    def pop(self, stack: Stack) -> NDArray[np.uint8]:
        """Pop images (n, 1, 1, 1)."""
        values = [self._level.pop(stack) for _ in range(self._count)]
        return np.array(values, np.uint8).reshape(-1, 1, 1, 1)

    def bits(self, symbol: NDArray[np.uint8]) -> float:
        """Information content, bits."""
        return sum(self._level.bits(value) for value in symbol.ravel().tolist())


def of_pixels(count: int) -> BitsBack:
    space: LatentSpace = NoLatents()
    codes = np.zeros((count, 0), np.int64)
    return BitsBack(
        space.prior(count), lambda z: OneOf(len(z), 200), lambda _pixels: codes, space.posterior
    )


def test_it_knows_no_network() -> None:
    images = np.random.default_rng(0).integers(0, 200, (50, 1, 1, 1)).astype(np.uint8)
    codec, stack = of_pixels(50), random_stack(10, seed=0)
    message = stack.words()
    codec.push(stack, Coded(images, np.zeros((50, 0), np.int64)))
    assert codec.tally.latent_bits == 0.0
    assert codec.tally.pixel_bits == pytest.approx(OneOf(50, 200).bits(images))
    assert np.array_equal(codec.pop(stack).pixels, images)
    assert np.array_equal(stack.words(), message)


def test_a_stack_with_less_than_alice_leaves_is_corrupt() -> None:
    with pytest.raises(CorruptionError, match="ran out of bits"):
        of_pixels(50).pop(Stack(np.zeros(0, np.uint32), seal=True))
