"""The decoder: a gated PixelCNN conditioned on the latent in every block.

Vertical and horizontal stacks and gated units follow van den Oord et al. (2016),
"Conditional Image Generation with PixelCNN Decoders", section 2. Conditioning is their
location-dependent form: the latent is mapped to a feature map s, which enters every block
of both stacks through a 1x1 product. Both stacks have residual connections.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from acncodec.parts.code_conditioner.net import CodeConditioner
from acncodec.parts.conditioner.net import Conditioner
from acncodec.parts.gated_pixelcnn.shape import PixelCNNConfig


class CausalConv(nn.Module):
    """A convolution over rows above (vertical) or columns to the left (horizontal).

    With kernel (rows, columns), output (r, c) sees input rows r - rows + 1 .. r. The columns
    are centred on c, or are c - columns + 1 .. c if `leftward`.
    """

    def __init__(self, before: int, after: int, kernel: tuple[int, int], leftward: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, after, kernel)
        rows, columns = kernel
        side = (columns - 1, 0) if leftward else (columns // 2, columns // 2)
        self.pad = (*side, rows - 1, 0)

    def forward(self, x: Tensor) -> Tensor:
        """x: (N, before, H, W). Returns (N, after, H, W)."""
        out: Tensor = self.conv(F.pad(x, self.pad))
        return out


def gate(pre: Tensor) -> Tensor:
    """tanh of the first half of the channels times the sigmoid of the second."""
    a, b = pre.chunk(2, 1)
    return torch.tanh(a) * torch.sigmoid(b)


class GatedBlock(nn.Module):
    """One block of both stacks. The horizontal stack sees the vertical one, never the reverse."""

    def __init__(self, config: PixelCNNConfig, condition: int) -> None:
        super().__init__()
        filters = config.decoder_filters
        self.vertical = CausalConv(filters, 2 * filters, config.vertical_kernel, leftward=False)
        self.horizontal = CausalConv(
            filters, 2 * filters, (1, config.horizontal_kernel), leftward=True
        )
        self.vertical_condition = (
            nn.Conv2d(condition, 2 * filters, 1, bias=False) if condition else None
        )
        self.horizontal_condition = nn.Conv2d(condition + filters, 2 * filters, 1, bias=False)
        self.residual = nn.Conv2d(filters, filters, 1)
        self.dropout = nn.Dropout(0.0)  # how much, the recipe says

    def forward(self, v: Tensor, h: Tensor, s: Tensor | None) -> tuple[Tensor, Tensor]:
        """v, h: (N, F, H, W), vertical and horizontal features; s: (N, S, H, W), or none."""
        above = self.vertical(v)
        if s is not None and self.vertical_condition is not None:
            above = above + self.vertical_condition(s)
        v = v + gate(above)
        context = self.horizontal_condition(v if s is None else torch.cat([s, v], 1))
        h = h + self.residual(self.dropout(gate(self.horizontal(h) + context)))
        return v, h


class GatedPixelCNN(nn.Module):
    """r(x|z), factorised over pixels in raster order; without a conditioner, r(x).

    planes: how many are seen of an image: one, the binary image itself, unless it is said; outputs:
    how many numbers a pixel gets: one, its logit, unless it is said.
    """

    def __init__(
        self, config: PixelCNNConfig, conditioner: Conditioner | CodeConditioner | None = None, *,
        planes: int = 1, outputs: int = 1,
    ) -> None:  # fmt: skip
        super().__init__()
        self.config = config
        filters = config.decoder_filters
        condition = 0 if conditioner is None else conditioner.out.out_channels
        self.conditioner = conditioner
        self.vertical_in = CausalConv(planes, filters, config.input_vertical_kernel, leftward=False)
        self.horizontal_in = CausalConv(
            planes, filters, (1, config.input_horizontal_kernel), leftward=True
        )
        self.blocks = nn.ModuleList(
            GatedBlock(config, condition) for _ in range(config.decoder_blocks)
        )
        self.head = nn.Conv2d(filters, config.head_filters, 1)
        self.logit = nn.Conv2d(config.head_filters, outputs, 1)

    def forward(self, x: Tensor, z: Tensor) -> Tensor:
        """x: (N, planes, H, W) as float, of binary images 0 and 1; z: (N, D), or what
        the conditioner takes. Returns (N, outputs, H, W), float32: of binary images the logits."""
        above = F.pad(x, (0, 0, 1, 0))[:, :, :-1]
        left = F.pad(x, (1, 0))[:, :, :, :-1]
        s = None if self.conditioner is None else self.conditioner(z)
        v, h = self.vertical_in(above), self.horizontal_in(left)
        for block in self.blocks:
            v, h = block(v, h, s)
        out: Tensor = self.logit(torch.relu(self.head(torch.relu(h))))
        return out.float()


def reconstruction_cost(logits: Tensor, x: Tensor) -> Tensor:
    """-log r(x|z) in nats an image. Both (N, C, H, W); returns (N,)."""
    cost = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return cost.flatten(1).sum(-1)
