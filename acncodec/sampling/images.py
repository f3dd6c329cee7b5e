"""Latents from the exact priors, and pixels from the exact decoder, one pixel at a time.

What is drawn is a function of the model and of the integers `uniform` (see `draws`), whatever
the number of threads and however the images are divided among them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.engines.conv import Pixels
from acncodec.parts.feedforward.exact import PixelDecoder
from acncodec.parts.gated_pixelcnn.exact import one_frequencies
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior
from acncodec.run.workers import Workers
from acncodec.sampling.draws import choose

Ints = NDArray[np.int64]


def draw_unconditional(mixture: ExactMixture, uniform: Ints) -> Ints:
    """z from p(z), grid steps, int64 (n, D): first the component, then z_1, z_2, ... given it.

    uniform: int64 (n, 1 + D).
    """
    component = choose(mixture.weights.astype(np.float64)[None], uniform[:, 0])
    z = np.zeros((len(uniform), uniform.shape[1] - 1), np.int64)
    for dimension in range(z.shape[1]):
        weights = mixture.frequencies(z, component, dimension)
        z[:, dimension] = choose(weights, uniform[:, 1 + dimension]) - mixture.reach
    return z


def draw_conditional(prior: ExactPrior, codes: Ints, uniform: Ints) -> Ints:
    """z from p(z|c), grid steps, int64 (n, D). codes, uniform: int64 (n, D)."""
    chosen = choose(prior.frequencies(codes), uniform.ravel())
    return chosen.reshape(codes.shape) - prior.reach


def draw_pixels(decoder: PixelDecoder, z: Ints, uniform: Ints, workers: Workers) -> Pixels:
    """Images from r(x|z), uint8 (n, 1, H, W). z: int64 (n, D); uniform: int64 (n, H * W)."""
    if not len(z):
        return np.zeros((0, 1, decoder.height, decoder.width), np.uint8)
    parts = workers.parts(len(z))
    drawn = workers.map(lambda rows: _draw_part(decoder, z[rows], uniform[rows]), parts)
    return np.concatenate(drawn)


def _draw_part(decoder: PixelDecoder, z: Ints, uniform: Ints) -> Pixels:
    run = decoder.start(z)
    pixels = np.zeros((len(z), 1, decoder.height, decoder.width), np.uint8)
    for row in range(decoder.height):
        run.begin_row(row)
        for start in range(0, decoder.width, decoder.span):
            stop = min(start + decoder.span, decoder.width)
            weights = one_frequencies(run.logits(row, start, stop))
            first = row * decoder.width
            values = choose(weights, uniform[:, first + start : first + stop].T.ravel())
            pixels[:, 0, row, start:stop] = values.reshape(stop - start, -1).T
            run.put(row, start, stop, pixels[:, 0, row, start:stop])
    return pixels
