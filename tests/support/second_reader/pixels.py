"""Part of `second_reader`: the pixels of a batch, popped from its stack (11.3, step 2)."""

from __future__ import annotations

import numpy as np

from second_reader.decoders import Decoder, FeedForward, GatedLevels
from second_reader.images import Kind
from second_reader.mixture import CHANNELS, OFFSETS, Mixture
from second_reader.networks import Model
from second_reader.resnet import AnySize
from second_reader.stack import Stack


def pop_pixels(
    stack: Stack, latents: np.ndarray, model: Model, kinds: list[Kind]
) -> list[np.ndarray]:
    """The level indexes (H, W, C) of a batch's images, which are of these kinds."""
    if model.has_mixture:
        return pop_levels(stack, latents, model, kinds)
    return list(pop_bits(stack, latents, model))


def pop_bits(stack: Stack, latents: np.ndarray, model: Model) -> np.ndarray:
    """The level indexes (n, H, W, 1) of images of two levels, from their latents."""
    height, width = model.config["height"], model.config["width"]
    x = np.zeros((len(latents), height, width, 1), np.int64)
    decoder = (FeedForward if model.kind == "vae" else Decoder)(model, latents)
    for r in range(height):
        decoder.start_row(x, r)
        for c in range(width):
            ones = decoder.frequency_of_one(x, r, c)
            for i, one in enumerate(ones.tolist()):
                x[i, r, c, 0] = stack.pop(np.array([2**24 - one, one]))
    return x


def pop_levels(
    stack: Stack, latents: np.ndarray, model: Model, kinds: list[Kind]
) -> list[np.ndarray]:
    """The level indexes of images of any levels."""
    config = model.config
    network = (AnySize if model.any_size else GatedLevels)(model, latents, kinds)
    images = [np.zeros((kind.height, kind.width, kind.channels), np.int64) for kind in kinds]
    for r in range(max(kind.height for kind in kinds)):
        for c in range(max(kind.width for kind in kinds)):
            items = [i for i, k in enumerate(kinds) if r < k.height and c < k.width]
            items.sort(key=lambda i: kinds[i].levels)
            if not items:
                continue
            mixtures = {
                i: Mixture(row, config, kinds[i].levels, model.tables)
                for i, row in zip(items, network.outputs(items, r, c).tolist(), strict=True)
            }
            for channel in CHANNELS[config["channels"]]:
                for i, mixture in mixtures.items():
                    levels, plane = kinds[i].levels, images[i][..., channel]
                    mixture.begin([spike(name, plane, r, c, levels) for name in config["spikes"]])
                    value = stack.pop_from(mixture.start, levels)
                    mixture.end(value)
                    plane[r, c] = value
            network.learn(items, r, c, np.array([images[i][r, c] for i in items]))
    return images


def spike(name: str, plane: np.ndarray, r: int, c: int, levels: int) -> int:
    """The value of a spike at a pixel of a channel (H, W) that is known before it."""
    if name in ("zero", "max"):
        return levels - 1 if name == "max" else 0
    down, right = OFFSETS[name]
    r, c = r + down, c + right
    inside = r >= 0 and 0 <= c < plane.shape[1]
    return int(plane[r, c]) if inside else 0
