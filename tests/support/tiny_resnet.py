"""A small any-size decoder, float and exact, with random weights that reach far."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.parts.causal_resnet.exact import ExactCausalResNet
from acncodec.parts.causal_resnet.freeze import freeze_causal_resnet, measure
from acncodec.parts.causal_resnet.net import CausalResNet, planes
from acncodec.parts.causal_resnet.shape import NETWORK_ORDER, CausalResNetConfig

GROUPS = ((3, 10), (4, 20), (2, 8))
"""Outputs and their scale, as a head has them: small, very fine, coarse."""
LATENT_REACH = 200

Pixels = NDArray[np.integer]
Ints = NDArray[np.int64]


def images(count: int, channels: int, height: int, width: int, levels: int, seed: int) -> Pixels:
    """Level indices (n, C, H, W), some regions flat and some not."""
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, levels, (count, channels, height, width))
    flat = np.where(rng.random((count, 1, 1, width)) < 0.3, levels - 1, noise)
    return flat.astype(np.uint8 if levels <= 256 else np.uint16)


def latents(count: int, dim: int, seed: int) -> Ints:
    return np.random.default_rng(seed).integers(-LATENT_REACH, LATENT_REACH + 1, (count, dim))


def as_planes(pixels: Pixels, levels: int) -> torch.Tensor:
    """What the float network sees."""
    order = list(NETWORK_ORDER[pixels.shape[1]])
    return planes(torch.from_numpy(pixels[:, order].astype(np.int64)), levels)


@cache
def networks(
    channels: int = 3, latent_dim: int = 0, width: int = 20, hidden: int = 22, blocks: int = 2,
    columns: int = 5, reach: int = 3, levels: int = 256,
    groups: tuple[tuple[int, int], ...] = GROUPS, size: tuple[int, int] | None = None,
) -> tuple[CausalResNet, ExactCausalResNet]:  # fmt: skip
    """The float network and its exact copy; size: of the images whose places it is told."""
    torch.manual_seed(channels)
    outputs = sum(size for size, _ in groups)
    config = CausalResNetConfig(
        channels, outputs, width, blocks, hidden, reach, columns, latent_dim, size
    )
    net = CausalResNet(config).eval()
    with torch.no_grad():
        for value in net.parameters():
            if value.ndim == 1:
                value.normal_(std=0.5)
        if net.place is not None:
            net.place.weight.normal_(std=0.5)
    seen = as_planes(images(6, channels, *(size or (9, 8)), levels, seed=5), levels)
    z = torch.from_numpy(latents(6, latent_dim, seed=6) / 8).float() if latent_dim else None
    return net, freeze_causal_resnet(net, measure(net, [(seen, z)]), groups, LATENT_REACH)
