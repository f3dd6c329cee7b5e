"""Latents from the exact priors, and pixels from the exact decoder: popped from random integers.

What is drawn is a function of the model and of the integers `uniform` (see `draws`), whatever
the number of threads and however the images are divided among them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.pixels import PixelCodec
from acncodec.engines.conv import Pixels
from acncodec.latents.codecs import ConditionalPrior, UnconditionalPrior
from acncodec.parts.feedforward.exact import PixelDecoder
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior
from acncodec.run.workers import Workers
from acncodec.sampling.draws import RandomMessage

Ints = NDArray[np.int64]


def draw_unconditional(mixture: ExactMixture, uniform: Ints) -> Ints:
    """z from p(z), grid steps, int64 (n, D): first the component, then z_1, z_2, ... given it.

    uniform: int64 (n, 1 + D).
    """
    count, integers = uniform.shape
    return UnconditionalPrior(mixture, count, integers - 1).pop(RandomMessage(uniform.T.ravel()))


def draw_conditional(prior: ExactPrior, codes: Ints, uniform: Ints) -> Ints:
    """z from p(z|c), grid steps, int64 (n, D). codes, uniform: int64 (n, D)."""
    return ConditionalPrior(prior, codes).pop(RandomMessage(uniform.ravel()))


def draw_pixels(decoder: PixelDecoder, z: Ints, uniform: Ints, workers: Workers) -> Pixels:
    """Images from r(x|z), uint8 (n, 1, H, W). z: int64 (n, D); uniform: int64 (n, H * W)."""
    return PixelCodec(decoder, z, workers).pop(RandomMessage(uniform.T.ravel()))
