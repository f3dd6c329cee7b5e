"""A tiny frozen model and binary images that suit it, made from seeds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.families.family import CODES
from acncodec.families.registry import family_named, find_preset
from acncodec.learning.fitting import Fitted
from acncodec.learning.networks import FloatNetworks
from acncodec.models.build import freeze_model
from acncodec.models.file import ModelHead
from acncodec.models.frozen import FrozenModel

SIZE = 8
PRESETS = {
    "acn": "tiny", "causal-resnet": "tiny-resnet", "acn-resnet": "tiny-acn-resnet",
    "gated-levels": "tiny-gated", "placed-resnet": "tiny-placed",
}  # fmt: skip
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


def untrained(name: str, height: int = SIZE, width: int = SIZE) -> FloatNetworks:
    """The networks of a preset, for images of another size."""
    family, preset = find_preset(name)
    return family.build(preset.config.for_images((1, height, width)))


def tiny_network(
    seed: int, kind: str = "acn", height: int = SIZE, width: int = SIZE
) -> FloatNetworks:
    """An untrained tiny network whose codes and logits spread like a trained one's."""
    torch.manual_seed(seed)
    net = untrained(PRESETS.get(kind, f"tiny-{kind}"), height, width).eval()
    with torch.no_grad():
        if net.encoder is not None:
            net.encoder.out.weight.mul_(40)
        for key, value in net.decoder.named_parameters():
            if key.endswith("weight"):
                value.mul_(1.7)
    return net


def copying_network(seed: int) -> FloatNetworks:
    """A tiny network that tells images apart by their codes, six standard deviations wide, and
    whose prior network expects its input again: a near neighbour is worth having."""
    net = tiny_network(seed)
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
    network: Callable[[int], FloatNetworks] | None = None,
) -> FrozenModel:
    """A frozen tiny model of the family called `kind`; `seed` changes every tensor."""
    net = network(seed) if network else tiny_network(seed, kind, height, width)
    x = torch.from_numpy(blobs(300, seed, height, width)).float()
    name = f"tiny-{seed}" if kind == "acn" else f"tiny-{kind}-{seed}"
    about = {"about": "a test model"}
    return freeze_model(family_named(kind), net, fitted(net, kind, x, seed), x, name, about)


def fitted(net: FloatNetworks, kind: str, x: torch.Tensor, seed: int) -> Fitted:
    """Codes of the images x, and a mixture that spreads about as they do."""
    if not family_named(kind).can(CODES):
        return Fitted()
    with torch.no_grad():
        codes = net.encode(x, 2).numpy()
    rng = np.random.default_rng(seed)
    means = codes[rng.choice(len(codes), 3, replace=False)].astype(np.float64)
    spread = np.cov(codes.T) + np.eye(codes.shape[1])
    return Fitted(codes, (np.array([0.5, 0.3, 0.2]), means, np.stack([spread] * 3)))


def with_tensor(model: FrozenModel, name: str, value: int) -> FrozenModel:
    """The model with a whole tensor set to `value`."""
    tensors = model.tensors()
    head = ModelHead(model.family, model.config, model.name, model.card)
    other = tensors | {name: np.full_like(tensors[name], value)}
    return FrozenModel.from_tensors(head, other, model.floats)
