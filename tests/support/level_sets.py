"""Small sets of images of many kinds, and tiny any-size models that suit them, made from seeds."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.families import acn_resnet, causal_resnet, gated_levels, placed_resnet
from acncodec.families.acn_resnet import ACNResNetConfig
from acncodec.families.causal_resnet import ResNetConfig
from acncodec.families.gated_levels import GatedLevelsConfig
from acncodec.families.placed_resnet import PlacedResNetConfig
from acncodec.images import DataSet
from acncodec.images.recognised import recognise
from acncodec.learning.fitting import Fitted
from acncodec.models.build import freeze_model
from acncodec.models.frozen import FrozenModel

KINDS = {"grey": 1, "la": 2, "rgb": 3, "rgba": 4, "deep": 1, "deep-rgb": 3, "two": 1, "equal": 1}
"""Each with how many channels are coded of it."""
GATED = GatedLevelsConfig(
    decoder_filters=5, decoder_blocks=2, vertical_kernel=(2, 3),
    input_vertical_kernel=(3, 5), input_horizontal_kernel=2, head_filters=7, components=2,
)  # fmt: skip
"""Smaller than the preset `tiny-gated`, so that a golden file may carry it."""


def level_array(kind: str, count: int, seed: int, height: int = 6, width: int = 5) -> NDArray[Any]:
    """Images (N, H, W) or (N, H, W, C), smooth with some noise, no two alike."""
    channels = {"equal": 3}.get(kind, KINDS[kind])
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width][:, None, :, :, None]
    slopes = rng.uniform(-30, 30, (2, count, 1, 1, channels))
    start = rng.uniform(60, 190, (count, 1, 1, channels))
    images = start + slopes[0] * rows / height + slopes[1] * columns / width
    images += rng.normal(0, 4, images.shape)
    if kind == "equal":
        images[:] = images[..., :1]
    if kind == "two":
        return np.where(images > 120, 200, 7).astype(np.uint8)[..., 0]
    if kind.startswith("deep"):
        images = (images * 257).clip(0, 65535).astype(np.uint16)
        images.flat[:2] = (0, 65535)
    else:
        images = images.clip(0, 255).astype(np.uint8)
        images.flat[:2] = (0, 255) if channels == 1 else images.flat[:2]
    return images[..., 0] if channels == 1 else images


def level_set(kind: str, count: int, seed: int, height: int = 6, width: int = 5) -> DataSet:
    """The same as a data set, two of whose images come twice, with labels and a name."""
    images = level_array(kind, count, seed, height, width)
    images = np.concatenate([images, images[[3, 3]]])
    labels = (images.reshape(len(images), -1).sum(1, dtype=np.int64) // 64 % 5).astype(np.uint8)
    arrays = {"x": images, "y": labels, "names": np.array(["a", "level", "set"])}
    return recognise(arrays, layout="nhw" if images.ndim == 3 else "nhwc")


@cache
def tiny_resnet(channels: int, seed: int = 1) -> FrozenModel:
    """A frozen untrained model for images of any size; `seed` changes every tensor."""
    torch.manual_seed(seed)
    config = ResNetConfig(
        channels, width=6, blocks=2, hidden=8, first_reach=2, columns=3, components=2
    )
    net = causal_resnet.build(config).eval()
    with torch.no_grad():
        for key, value in net.named_parameters():
            if key.endswith("weight"):
                value.mul_(0.6)
    rng = np.random.default_rng(seed)
    images = torch.from_numpy(rng.integers(0, 256, (40, channels, 6, 5))).float()
    name = f"tiny-resnet-{channels}-{seed}"
    about = {"about": "a test model"}
    return freeze_model(causal_resnet.FAMILY, net, Fitted(levels=256), images, name, about)


@cache
def tiny_acn(channels: int, seed: int = 1) -> FrozenModel:
    """The same with latents, codes some posterior deviations apart, and a prior network."""
    torch.manual_seed(seed)
    config = ACNResNetConfig(
        channels, width=6, blocks=2, hidden=8, first_reach=2, columns=3, components=2,
        latent_dim=4, encoder_channels=(6, 8), encoder_strides=(2, 2), prior_hidden=16,
        prior_components=2,
    )  # fmt: skip
    net = acn_resnet.build(config).eval()
    with torch.no_grad():
        for key, value in net.decoder.named_parameters():
            if key.endswith("weight"):
                value.mul_(0.6)
        net.encoder.out.weight.mul_(20)
    rng = np.random.default_rng(seed)
    images = torch.from_numpy(
        rng.integers(0, 256, (40, channels, 6, 5)) * rng.random((40, 1, 1, 1))
    )
    with torch.no_grad():
        codes = net.encode(images.floor().float(), 256).numpy()
    spread = np.cov(codes.T) + np.eye(4)
    mixture = (np.array([0.6, 0.4]), codes[:2].astype(np.float64), np.stack([spread] * 2))
    fitted = Fitted(codes, mixture, levels=256)
    name, about = f"tiny-acn-{channels}-{seed}", {"about": "a test model"}
    return freeze_model(acn_resnet.FAMILY, net, fitted, images.floor().float(), name, about)


@cache
def tiny_gated(channels: int, seed: int = 1, height: int = 6, width: int = 5) -> FrozenModel:
    """A frozen untrained gated model of images of one size, with weights that reach far."""
    torch.manual_seed(seed)
    net = gated_levels.build(GATED.for_images((channels, height, width))).eval()
    with torch.no_grad():
        for value in net.parameters():
            if value.ndim == 1:
                value.normal_(std=0.3)
            else:
                value.mul_(1.5)
    rng = np.random.default_rng(seed)
    images = torch.from_numpy(rng.integers(0, 256, (40, channels, height, width))).float()
    name = f"tiny-gated-{channels}-{seed}"
    about = {"about": "a test model"}
    return freeze_model(gated_levels.FAMILY, net, Fitted(levels=256), images, name, about)


@cache
def tiny_placed(channels: int, seed: int = 1, height: int = 6, width: int = 5) -> FrozenModel:
    """A frozen untrained model for images of one size that is told where a pixel is."""
    torch.manual_seed(seed)
    config = PlacedResNetConfig(
        channels, width=6, blocks=2, hidden=8, first_reach=2, columns=3, components=2,
        image_height=height, image_width=width,
    )  # fmt: skip
    net = placed_resnet.FAMILY.build(config).eval()
    with torch.no_grad():
        net.decoder.place.weight.normal_(std=0.4)
    rng = np.random.default_rng(seed)
    images = torch.from_numpy(rng.integers(0, 256, (40, channels, height, width))).float()
    name, about = f"tiny-placed-{channels}-{seed}", {"about": "a test model"}
    return freeze_model(placed_resnet.FAMILY, net, Fitted(levels=256), images, name, about)


def model_of(kind: str, seed: int = 1, *, latents: bool = False) -> FrozenModel:
    """A model that codes images of a kind."""
    return (tiny_acn if latents else tiny_resnet)(KINDS[kind], seed)
