"""The map encoder as a float network: an image to vectors, and these to the nearest of a codebook.

    planes -- convolutions with ReLU, 1x1 layer --> vectors -- nearest of the codebook --> indexes

Van den Oord, Vinyals and Kavukcuoglu (2017), "Neural Discrete Representation Learning", section 3.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from acncodec.parts.conv_encoder.shape import kernel_of
from acncodec.parts.map_encoder.shape import MapEncoderConfig


class MapEncoder(nn.Module):
    """x -> indexes into `codebook`, float32 (K, E), a buffer: no gradient moves it."""

    codebook: Tensor

    def __init__(self, config: MapEncoderConfig) -> None:
        super().__init__()
        sizes = pairwise((config.image_shape[0] + 1, *config.encoder_channels))
        self.layers = nn.ModuleList(
            nn.Conv2d(before, after, kernel_of(i), stride, kernel_of(i) // 2)
            for i, ((before, after), stride) in enumerate(
                zip(sizes, config.encoder_strides, strict=True)
            )
        )
        for layer in self.layers:
            nn.init.kaiming_normal_(layer.get_parameter("weight"), nonlinearity="relu")
            nn.init.zeros_(layer.get_parameter("bias"))
        self.out = nn.Conv2d(config.encoder_channels[-1], config.code_features, 1)
        self.register_buffer("codebook", torch.randn(config.codes, config.code_features))

    def vectors(self, planes: Tensor) -> Tensor:
        """planes: (N, C + 1, H, W), channels in the image's order. Returns float32 (N, E, h, w)."""
        x = planes
        for layer in self.layers:
            x = torch.relu(layer(x))
        out: Tensor = self.out(x)
        return out.float()

    def nearest(self, vectors: Tensor) -> Tensor:
        """The nearest vector of the codebook at each place of (N, E, h, w), the first of equals:
        int64 (N, h * w), row by row."""
        flat = vectors.detach().permute(0, 2, 3, 1).reshape(-1, self.codebook.shape[1])
        norms = (self.codebook**2).sum(1)
        nearest = (norms - 2.0 * flat @ self.codebook.T).argmin(1)
        return nearest.reshape(len(vectors), -1)

    def look_up(self, codes: Tensor, size: tuple[int, int]) -> Tensor:
        """The vectors of indexes (N, h * w) of any dtype, float32 (N, E, h, w); size: (h, w)."""
        found: Tensor = self.codebook[codes.long()].transpose(1, 2)
        return found.reshape(len(codes), -1, *size)

    def forward(self, planes: Tensor) -> Tensor:
        """planes: as `vectors` takes them. Returns indexes, as float32 (N, h * w)."""
        return self.nearest(self.vectors(planes)).float()
