"""Which images a network is worth, and which had better be stored: seen early in a fit.

Sets such as a game's sprites have images that no network of their size prices as low as LZMA does,
being near-copies of others or of few colours. What is stored in the end need not be learned.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.images.mixed_images import MixedImages
from acncodec.images.spaced import spaced
from acncodec.learning.objectives import at_once
from acncodec.learning.source import LevelSource, step_generator
from acncodec.mixed.storing import stored_estimate
from acncodec.training.loop import Trainer

MARGIN: Final = 1.3
"""An image is worth a network that prices it so early no higher than so many times what storing it
takes: it will become cheaper. A guess."""
MOST: Final = 0.9
"""Where the images that are worth it have more than this share of all samples, a fit goes on with
all."""
LEAST: Final = 64
"""And where they are fewer than these."""
SAMPLE: Final = 1024
"""Images that are looked at first; if a fit goes on with all of these, no others are."""


def worth_a_network(run: Trainer, images: MixedImages) -> NDArray[np.bool_]:
    """Which images a fit goes on with, (N,): all, or those that its network seems to be worth."""
    every = np.ones(len(images), np.bool_)
    if len(images) > SAMPLE and _kept(run, images[spaced(len(images), SAMPLE)]).all():
        return every
    return _kept(run, images)


def _kept(run: Trainer, images: MixedImages) -> NDArray[np.bool_]:
    kept = network_bits(run, images) <= MARGIN * stored_estimate(images)
    samples = np.array([one.samples for one in images.classes], np.int64)[images.members]
    if kept.sum() < LEAST or samples[kept].sum() > MOST * samples.sum():
        kept[:] = True
    return kept


def network_bits(run: Trainer, images: MixedImages) -> NDArray[np.float64]:
    """What the averaged weights of a run make of images, bits (N,)."""
    net, bits = run.rounded_average(), np.zeros(len(images))
    for number, rows in images.rows.items():
        source = LevelSource(images.blocks[number], images.classes[number].levels)
        objective = run.family.objective(net, source, run.recipe)
        generator = step_generator(run.seed, run.step, 10)
        objective.refresh(generator)
        with torch.no_grad():
            for part in torch.split(torch.arange(len(source)), at_once(source)):
                x = source.draw(part, generator).to(run.device)
                kl, cost = objective.costs(x, part, generator)
                bits[rows[part.numpy()]] = (kl + cost).double().cpu().numpy() / math.log(2)
    return bits
