"""A tiny frozen model and binary images that suit it, made from seeds."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.exact.build import freeze_model
from acncodec.exact.model import FrozenModel
from acncodec.nets.acn import ACN
from acncodec.training.recipe import preset, with_size

SIZE = 8


def blobs(count: int, seed: int, size: int = SIZE, width: int | None = None) -> NDArray[np.uint8]:
    """Binary images (N, 1, size, width or else size) with one soft-edged disc each."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(1, size - 1, (count, 2, 1, 1))
    radius = rng.uniform(1, size / 2, (count, 1, 1))
    rows, columns = np.mgrid[:size, : width or size][:, None]
    distance = np.hypot(rows - centre[:, 0], columns - centre[:, 1])
    drawn = rng.random((count, size, width or size)) < 1 / (1 + np.exp(2 * (distance - radius)))
    return drawn.astype(np.uint8)[:, None]


def tiny_network(seed: int, height: int = SIZE, width: int = SIZE) -> ACN:
    """An untrained tiny network whose codes and logits spread like a trained one's."""
    torch.manual_seed(seed)
    net = ACN(with_size(preset("tiny"), height, width).config).eval()
    with torch.no_grad():
        net.encoder.out.weight.mul_(40)
        for name, value in net.decoder.named_parameters():
            if name.endswith("weight"):
                value.mul_(1.7)
    return net


def frozen(seed: int, height: int = SIZE, width: int = SIZE) -> FrozenModel:
    """A frozen tiny model; `seed` changes every tensor."""
    net = tiny_network(seed, height, width)
    x = torch.from_numpy(blobs(300, seed, height, width)).float()
    with torch.no_grad():
        codes = net.encoder(x).numpy()
    dim = net.config.latent_dim
    rng = np.random.default_rng(seed)
    means = codes[rng.choice(len(codes), 3, replace=False)].astype(np.float64)
    spread = np.cov(codes.T) + np.eye(dim)
    mixture = np.array([0.5, 0.3, 0.2]), means, np.stack([spread] * 3)
    return freeze_model(net, codes, mixture, x, f"tiny-{seed}", {"about": "a test model"})
