"""A small gated decoder of images of any levels, float and exact, with weights that reach far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from tiny_resnet import Pixels, images

from acncodec.families.gated_levels import GatedLevelsConfig
from acncodec.heads.logistic_mixture import SCALES
from acncodec.learning.calibrate import activation_reach
from acncodec.learning.networks import FloatNetworks
from acncodec.parts.causal_resnet.net import planes
from acncodec.parts.conditioner.net import Conditioner
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.parts.gated_pixelcnn.freeze import freeze_pixelcnn
from acncodec.parts.gated_pixelcnn.net import GatedPixelCNN

HEIGHT, WIDTH = 6, 5
LATENT_REACH = 200
SMALL = {
    "decoder_filters": 10, "decoder_blocks": 2, "vertical_kernel": (2, 3), "horizontal_kernel": 2,
    "input_vertical_kernel": (2, 3), "input_horizontal_kernel": 2, "head_filters": 12,
    "components": 2,
}  # fmt: skip


@dataclass(frozen=True)
class LatentConfig(GatedLevelsConfig):
    """With latents, which no family has yet."""

    latent_dim: int = 4
    condition_channels: int = 3
    condition_hidden: int = 5


class Origin(torch.nn.Module):
    """An encoder whose codes are all 0: the noise around them is what calibrates."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.new_zeros(len(x), self.dim)


def as_planes(pixels: Pixels, levels: int) -> torch.Tensor:
    """What the float network sees."""
    return planes(torch.from_numpy(pixels.astype("int64")), levels)


def outputs_of(config: GatedLevelsConfig) -> list[tuple[int, int]]:
    """The head's groups: outputs, and their scale."""
    return list(zip(config.head.sizes, SCALES, strict=True))


def reach_of(decoder: GatedPixelCNN, seen: torch.Tensor) -> dict[str, float]:
    """How far activations reach on planes."""
    dim = decoder.config.latent_dim if decoder.conditioner else 0  # type: ignore[attr-defined]
    encoder = Origin(dim) if dim else None
    return activation_reach(FloatNetworks(decoder.config, decoder=decoder, encoder=encoder), seen)


@cache
def networks(
    channels: int = 1, levels: int = 256, *, latents: bool = False, **sizes: Any
) -> tuple[GatedPixelCNN, ExactDecoder]:
    """The float network, and its exact copy for latents within +-`LATENT_REACH`, if it has any."""
    torch.manual_seed(channels)
    given = SMALL | sizes
    config = (LatentConfig if latents else GatedLevelsConfig)(HEIGHT, WIDTH, channels, **given)
    conditioner = Conditioner(config) if isinstance(config, LatentConfig) else None
    net = GatedPixelCNN(
        config, conditioner, planes=config.planes, outputs=config.head.outputs
    ).eval()
    with torch.no_grad():
        for value in net.parameters():
            if value.ndim == 1:
                value.normal_(std=0.5)
            else:
                value.mul_(1.7)
    seen = as_planes(images(8, channels, HEIGHT, WIDTH, levels, seed=5), levels)
    reach = reach_of(net, seen)
    return net, freeze_pixelcnn(net, reach, LATENT_REACH, outputs=outputs_of(config))
