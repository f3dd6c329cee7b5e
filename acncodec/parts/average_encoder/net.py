"""The any-size encoder as a float network: an image of any size to its code.

    planes -- convolutions with ReLU --> features -- average over all places -- linear --> c

Padding is zeros, of the plane of ones too: that is how the network sees an edge.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from acncodec.parts.average_encoder.shape import AverageEncoderConfig
from acncodec.parts.conv_encoder.shape import kernel_of


class AverageEncoder(nn.Module):
    """x -> c, the mean of q(z|x) = N(c, I)."""

    def __init__(self, config: AverageEncoderConfig) -> None:
        super().__init__()
        sizes = pairwise((config.channels + 1, *config.encoder_channels))
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, kernel_of(i), stride, kernel_of(i) // 2)
            for i, ((before, after), stride) in enumerate(
                zip(sizes, config.encoder_strides, strict=True)
            )
        )
        for layer in self.layers:
            # Features then stay as large as what comes in, and codes are not all noise at first.
            nn.init.kaiming_normal_(layer.get_parameter("weight"), nonlinearity="relu")
            nn.init.zeros_(layer.get_parameter("bias"))
        self.out = nn.Linear(config.encoder_channels[-1], config.latent_dim)

    def features(self, planes: Tensor) -> list[Tensor]:
        """What each convolution gives after its ReLU, (N, F, H', W') each, and then the averages
        of the last, float32 (N, F). planes: (N, C + 1, H, W), channels in the image's order."""
        found = []
        x = planes
        for layer in self.layers:
            x = torch.relu(layer(x))
            found.append(x)
        return [*found, x.float().mean((2, 3))]

    def forward(self, planes: Tensor) -> Tensor:
        """planes: as `features` takes them. Returns codes, float32 (N, D)."""
        average = self.features(planes)[-1]
        with torch.autocast(average.device.type, enabled=False):
            code: Tensor = self.out(average)
        return code
