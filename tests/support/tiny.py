"""A tiny frozen model and binary images that suit it, made from seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.families.acn_network import ACN
from acncodec.families.networks import Network, PixelModel, build_network, encode
from acncodec.models.build import freeze_model
from acncodec.models.frozen import FrozenModel
from acncodec.training.recipe import preset, with_size

SIZE = 8
BASELINES = ("pixelcnn", "vae", "pixelvae")


def blobs(count: int, seed: int, size: int = SIZE, width: int | None = None) -> NDArray[np.uint8]:
    """Binary images (N, 1, size, width or else size) with one soft-edged disc each."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(1, size - 1, (count, 2, 1, 1))
    radius = rng.uniform(1, size / 2, (count, 1, 1))
    rows, columns = np.mgrid[:size, : width or size][:, None]
    distance = np.hypot(rows - centre[:, 0], columns - centre[:, 1])
    drawn = rng.random((count, size, width or size)) < 1 / (1 + np.exp(2 * (distance - radius)))
    return drawn.astype(np.uint8)[:, None]


def tiny_network(seed: int, kind: str = "acn", height: int = SIZE, width: int = SIZE) -> Network:
    """An untrained tiny network whose codes and logits spread like a trained one's."""
    torch.manual_seed(seed)
    name = "tiny" if kind == "acn" else f"tiny-{kind}"
    net = build_network(with_size(preset(name), height, width).config).eval()
    with torch.no_grad():
        if not isinstance(net, PixelModel):
            net.encoder.out.weight.mul_(40)
        for key, value in net.decoder.named_parameters():
            if key.endswith("weight"):
                value.mul_(1.7)
    return net


def copying_network(seed: int) -> ACN:
    """A tiny network that tells images apart by their codes, six standard deviations wide, and
    whose prior network expects its input again: a near neighbour is worth having."""
    net = tiny_network(seed)
    assert isinstance(net, ACN)
    slope, components = 1 / 64, net.config.prior_components
    with torch.no_grad():
        codes = net.encoder(torch.from_numpy(blobs(300, seed)).float())
        scale = 6 / codes.std(0).clamp(min=1e-3)
        net.encoder.out.weight.mul_(scale[:, None])
        net.encoder.out.bias.copy_((net.encoder.out.bias - codes.mean(0)) * scale)
        for value in net.prior.parameters():
            value.zero_()
        means = net.prior.out.weight.view(3, net.config.latent_dim, components, -1)[1]
        for d in range(net.config.latent_dim):
            net.prior.hidden[0].weight[d, d] = slope
            means[d, :, d] = 1 / slope
        scales = net.prior.out.bias.view(3, net.config.latent_dim, components)[2]
        scales[:] = torch.linspace(0, 8, components)
    return net


def frozen(
    seed: int,
    kind: str = "acn",
    height: int = SIZE,
    width: int = SIZE,
    network: Callable[[int], ACN] | None = None,
) -> FrozenModel:
    """A frozen tiny model; `seed` changes every tensor."""
    net = network(seed) if network else tiny_network(seed, kind, height, width)
    x = torch.from_numpy(blobs(300, seed, height, width)).float()
    name = f"tiny-{seed}" if kind == "acn" else f"tiny-{kind}-{seed}"
    if isinstance(net, PixelModel):
        return freeze_model(net, None, None, x, name, {"about": "a test model"})
    with torch.no_grad():
        codes = encode(net, x).numpy()
    dim = net.config.latent_dim
    rng = np.random.default_rng(seed)
    means = codes[rng.choice(len(codes), 3, replace=False)].astype(np.float64)
    spread = np.cov(codes.T) + np.eye(dim)
    mixture = np.array([0.5, 0.3, 0.2]), means, np.stack([spread] * 3)
    return freeze_model(net, codes, mixture, x, name, {"about": "a test model"})
