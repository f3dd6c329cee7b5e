"""Latents from a latent space, and pixels from a likelihood: popped from random integers.

What is drawn is a function of the model and of the integers `uniform` (see `draws`), whatever
the number of threads and however the images are divided among them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.latent_space import LatentSpace
from acncodec.contracts.likelihood import Likelihood, Pixels
from acncodec.run.workers import Workers
from acncodec.sampling.draws import RandomMessage

Ints = NDArray[np.int64]


def draw_unconditional(space: LatentSpace, uniform: Ints) -> Ints:
    """z from p(z), grid steps, int64 (n, D): first the component, then z_1, z_2, ... given it.

    uniform: int64 (n, 1 + D).
    """
    return space.prior(len(uniform)).pop(RandomMessage(uniform.T.ravel()))


def draw_conditional(space: LatentSpace, codes: Ints, uniform: Ints) -> Ints:
    """z from p(z|c), grid steps, int64 (n, D). codes, uniform: int64 (n, D). Raises `ModelError`
    where no code prices another image's latent."""
    return space.given(codes).pop(RandomMessage(uniform.ravel()))


def draw_pixels(likelihood: Likelihood, z: Ints, uniform: Ints, workers: Workers) -> Pixels:
    """Images from r(x|z), level indexes (n, C, H, W), of a likelihood of one kind of images.

    z: int64 (n, D); uniform: int64 (n, H * W * C), those of a pixel's channels together.
    """
    return likelihood.codec(z, workers).pop(RandomMessage(uniform.T.ravel()))
