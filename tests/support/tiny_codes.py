"""Tiny models with a codebook, binary and of any levels, whose weights reach far."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from acncodec.families import vqvae
from acncodec.families.vqvae import ANY, VQVAEConfig
from acncodec.learning.fitting import Fitted
from acncodec.learning.networks import FloatNetworks
from acncodec.models.build import freeze_model
from acncodec.models.frozen import FrozenModel

SIZES = {
    "codes": 6, "code_features": 3, "encoder_channels": (5, 7), "encoder_strides": (2, 2),
    "condition_channels": 3, "condition_hidden": 4, "decoder_filters": 5, "decoder_blocks": 2,
    "input_vertical_kernel": (2, 3), "input_horizontal_kernel": 2, "head_filters": 7,
    "components": 2, "prior_features": 2, "prior_filters": 4, "prior_blocks": 2, "prior_head": 6,
}  # fmt: skip


def tiny_network(config: VQVAEConfig, seed: int) -> FloatNetworks:
    """An untrained network that takes many codes for noise, and prices them unevenly."""
    torch.manual_seed(seed)
    net = vqvae.build(config).eval()
    with torch.no_grad():
        for value in net.parameters():
            if value.ndim == 1:
                value.normal_(std=0.3)
            else:
                value.mul_(1.5)
        rng = np.random.default_rng(seed)
        levels = 2 if config.is_binary else 256
        x = torch.from_numpy(rng.integers(0, levels, (64, *config.image_shape))).float()
        vectors = net.encoder.vectors(net.seen(x, levels)).permute(0, 2, 3, 1)
        vectors = vectors.reshape(-1, config.code_features)
        net.encoder.codebook.copy_(vectors[:: len(vectors) // config.codes][: config.codes])
    return net


@cache
def tiny_vqvae(
    channels: int = 1, seed: int = 1, height: int = 6, width: int = 5, *, binary: bool = False
) -> FrozenModel:
    """A frozen untrained model; `seed` changes every tensor."""
    levels = 2 if binary else ANY
    config = VQVAEConfig(height, width, channels, levels, **SIZES)  # type: ignore[arg-type]
    net = tiny_network(config, seed)
    rng = np.random.default_rng(seed)
    top = 2 if binary else 256
    images = torch.from_numpy(rng.integers(0, top, (40, *config.image_shape))).float()
    name = f"tiny-vqvae-{channels}-{seed}"
    about = {"about": "a test model"}
    return freeze_model(vqvae.FAMILY, net, Fitted(levels=top), images, name, about)
