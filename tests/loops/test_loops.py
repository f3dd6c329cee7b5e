"""Loops against the walk from site to site: the same pixels come off, the same words stay."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from invertibility import random_stack
from numpy.typing import NDArray
from tiny import frozen
from tiny_resnet import latents, networks

from acncodec.coding.sites import Join, Sites, no_loop
from acncodec.contracts.distribution import CoderState
from acncodec.contracts.head import Head
from acncodec.contracts.pixel_loop import PixelLoop, Rota, Stretch
from acncodec.contracts.pixel_network import PixelNetwork, PixelPass, Pixels
from acncodec.errors import CoderError
from acncodec.heads.bernoulli import Bernoulli
from acncodec.heads.logistic_mixture import SCALES, ExactLogisticMixture
from acncodec.heads.mixture_shape import LogisticMixture
from acncodec.loops.join import join
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]
COUNT = 53
KINDS = ((1, 0, 2, (5, 4)), (1, 3, 1 << 16, (1, 7)), (3, 5, 256, (4, 5)), (4, 0, 256, (3, 1)))
"""Channels, latent dimensions, levels and size."""


def of_levels(kind: tuple[int, int, int, tuple[int, int]]) -> tuple[PixelNetwork, Head, Ints]:
    channels, dim, levels, size = kind
    shape = LogisticMixture(channels, components=2)
    groups = tuple(pair for pair in zip(shape.sizes, SCALES, strict=True) if pair[0])
    _, exact = networks(channels, dim, levels=levels, groups=groups)
    head = ExactLogisticMixture(shape, levels)
    return exact.sized(*size, levels), head, latents(COUNT, dim, seed=2)


def binary(kind: str) -> tuple[PixelNetwork, Head, Ints]:
    model = frozen(1, kind)
    z = np.random.default_rng(3).integers(-900, 900, (COUNT, *model.latents.shape))
    return model.decoder, Bernoulli(), z


def cases() -> Iterator[tuple[PixelNetwork, Head, Ints]]:
    yield from map(of_levels, KINDS)
    yield from map(binary, ("acn", "pixelcnn"))


def popped(
    case: tuple[PixelNetwork, Head, Ints], threads: int, batch: int, how: Join
) -> tuple[Pixels, NDArray[np.uint32], float]:
    stack = random_stack(9000, seed=4)
    with Workers(threads, batch) as workers:
        pixels = Sites(*case, workers, how).pop(stack)
    return pixels, stack.words(), stack.ideal_bits


@pytest.mark.parametrize("number", range(len(KINDS) + 2))
@pytest.mark.parametrize(("threads", "batch"), [(1, 256), (1, 20), (2, 256), (2, 11), (3, 256)])
def test_a_loop_pops_what_a_walk_does(number: int, threads: int, batch: int) -> None:
    case = list(cases())[number]
    if join(case[0].start(case[2], "cpu"), case[1], np.zeros((COUNT, 1, 1, 1))) is None:
        pytest.skip("no products of 15-bit operands here")
    pixels, words, bits = popped(case, threads, batch, join)
    wanted, left, wanted_bits = popped(case, 1, 256, no_loop)
    assert np.array_equal(pixels, wanted) and len(np.unique(pixels)) > 1
    # Another batch has its parts' symbols in the same order, so that the stack is the same too.
    assert np.array_equal(words, left)
    assert bits == pytest.approx(wanted_bits)


class Failing:
    """A loop that fails in its second turn, or one that never ends without the others' turns."""

    def __init__(self, fails: bool) -> None:
        self.fails, self.turns = fails, 0

    def pop(self, _state: CoderState, rota: Rota, _stretch: Stretch) -> bool:
        if int(rota.counter[0]) % rota.loops == rota.number:
            self.turns += 1
            if self.fails and self.turns == 2:
                raise CoderError("the second turn")
            rota.counter[0] += 1
        return False


def test_a_failure_in_one_loop_is_raised_and_ends_the_others() -> None:
    network, head, z = of_levels(KINDS[0])

    def fail(_run: PixelPass, _head: Head, pixels: Pixels) -> PixelLoop:
        return Failing(len(pixels) < 27)

    with Workers(2, 256) as workers, pytest.raises(CoderError, match="the second turn"):
        Sites(network, head, z, workers, fail).pop(random_stack(100, seed=5))


def test_other_networks_and_heads_have_no_loop() -> None:
    network, head, z = of_levels(KINDS[0])
    run = network.start(z, "cpu")
    assert join(run, Bernoulli(), np.zeros((COUNT, 1, 5, 4), np.uint8)) is None
    vae = frozen(1, "vae").decoder
    latent = np.zeros((2, vae.dim), np.int64) if hasattr(vae, "dim") else z[:2]
    assert head.levels == 2 and latent is not None
