"""The any-size decoder as a float network: residual blocks over windows of decoded pixels.

A pixel's distribution is a function of a causal window of the pixels before it in raster order,
as in van den Oord et al. (2016), "Pixel Recurrent Neural Networks"; a latent enters as a bias
that is the same everywhere ("Conditional Image Generation with PixelCNN Decoders", equation 4).
There is no gate and no normalisation: each layer is one dense product of a window, so that its
exact copy is integers times integers.

    planes -- first window (24 taps) --> x        (+ row(r) + column(c), if it is told places)
    x + narrow(relu(widen(window(x)) + bias(z))) --> x         `blocks` times
    head(relu(x)) --> parameters of the distribution of the pixel

Outside the image every plane is 0, the plane of ones too: that is how the network sees an edge.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from acncodec.errors import ModelError
from acncodec.parts.causal_resnet.shape import CausalResNetConfig


def planes(values: Tensor, levels: int) -> Tensor:
    """What the network sees: values (N, C, H, W), integers below `levels`, channels in network
    order, as 2 value / (levels - 1) - 1, and a plane of ones. float32 (N, C + 1, H, W)."""
    scaled = values.float() * (2.0 / (levels - 1)) - 1.0
    return torch.cat([scaled, torch.ones_like(scaled[:, :1])], 1)


class CausalWindow(nn.Module):
    """A product with the features of `rows` rows above and of this row up to the pixel.

    Rows above are seen from `reach` columns before the pixel's to `reach` columns after it; this
    row from `reach` before it up to the pixel itself, or up to the one before it if `strict`.
    weight: (after, taps * before), the features of one tap together, taps in raster order.
    """

    def __init__(self, before: int, after: int, rows: int, reach: int, strict: bool) -> None:
        super().__init__()
        self.before, self.rows, self.reach = before, rows, reach
        self.taps = rows * (2 * reach + 1) + reach + (0 if strict else 1)
        self.weight = nn.Parameter(torch.empty(after, self.taps * before))
        self.bias = nn.Parameter(torch.zeros(after))
        nn.init.normal_(self.weight, std=1.0 / math.sqrt(self.taps * before))

    def forward(self, x: Tensor) -> Tensor:
        """x: (N, before, H, W). Returns (N, after, H, W)."""
        # One convolution with zeros at the places after the pixel has a quarter more products than
        # one for the rows above and one for this row, and torch takes less time for it.
        above = F.pad(x, (0, 0, self.rows, 0))
        out: Tensor = F.conv2d(above, self._kernel(), self.bias, padding=(0, self.reach))
        return out

    def _kernel(self) -> Tensor:
        wide = 2 * self.reach + 1
        taps = self.weight.reshape(len(self.weight), self.taps, self.before)
        square = F.pad(taps, (0, 0, 0, (self.rows + 1) * wide - self.taps))
        return square.reshape(len(taps), -1, wide, self.before).permute(0, 3, 1, 2)


class Pointwise(nn.Module):
    """A 1x1 layer; weight: (after, before)."""

    def __init__(self, before: int, after: int, gain: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(after, before))
        self.bias = nn.Parameter(torch.zeros(after))
        nn.init.normal_(self.weight, std=gain / math.sqrt(before))

    def forward(self, x: Tensor) -> Tensor:
        """x: (N, before, H, W). Returns (N, after, H, W)."""
        out: Tensor = F.conv2d(x, self.weight[:, :, None, None], self.bias)
        return out


class Places(nn.Module):
    """What the features of every row, and those of every column, are moved by.

    weight: (features, height + width), rows before columns.
    """

    def __init__(self, size: tuple[int, int], features: int) -> None:
        super().__init__()
        self.size = size
        self.weight = nn.Parameter(torch.zeros(features, sum(size)))

    def forward(self) -> Tensor:
        """(1, features, height, width)."""
        rows, columns = torch.split(self.weight, list(self.size), 1)
        moved: Tensor = (rows[:, :, None] + columns[:, None])[None]
        return moved


class Block(nn.Module):
    """A window, then a wide hidden layer at the pixel itself; added to what came in."""

    def __init__(self, config: CausalResNetConfig) -> None:
        super().__init__()
        width = config.width
        self.window = CausalWindow(width, width, 1, config.columns // 2, strict=False)
        self.widen = Pointwise(width, config.hidden, gain=math.sqrt(2.0))
        self.narrow = Pointwise(config.hidden, width, gain=1.0 / math.sqrt(config.blocks))
        self.dropout = nn.Dropout(0.0)  # how much, the recipe says

    def forward(self, x: Tensor, bias: Tensor | None) -> Tensor:
        """x: (N, width, H, W); bias: (N, hidden), or none. Returns features like x."""
        wide = self.widen(self.window(x))
        if bias is not None:
            wide = wide + bias[:, :, None, None]
        out: Tensor = x + self.narrow(self.dropout(torch.relu_(wide)))
        return out


class CausalResNet(nn.Module):
    """Parameters of r(pixel | pixels before it, z) for every pixel of an image of any size.

    The draws of the initial weights come from torch's generator, which the caller seeds.
    """

    def __init__(self, config: CausalResNetConfig) -> None:
        super().__init__()
        self.config = config
        reach = config.first_reach
        self.first = CausalWindow(config.channels + 1, config.width, reach, reach, strict=True)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.head = Pointwise(config.width, config.outputs, gain=0.3)
        self.place = None if config.size is None else Places(config.size, config.width)
        self.condition = (
            nn.Linear(config.latent_dim, config.blocks * config.hidden, bias=False)
            if config.latent_dim
            else None
        )

    def forward(self, x: Tensor, z: Tensor | None = None) -> Tensor:
        """x: (N, C + 1, H, W) as `planes` makes it, H and W at least 1, or those of the network's
        places; z: (N, D) where it has latents. Returns (N, outputs, H, W), in the dtype of the last
        product.

        Raises `ModelError` when z is lacking, or given to a network without latents.
        """
        if (z is None) != (self.condition is None):
            raise ModelError("a latent goes with a network that has latents, and with no other")
        biases: list[Tensor | None] = [None] * self.config.blocks
        if z is not None and self.condition is not None:
            biases = list(self.condition(z).chunk(self.config.blocks, 1))
        x = self.placed(self.first(x))
        for block, bias in zip(self.blocks, biases, strict=True):
            x = block(x, bias)
        out: Tensor = self.head(torch.relu(x))
        return out

    def placed(self, x: Tensor) -> Tensor:
        """Features (N, width, H, W) of the first window, moved by their places if the network is
        told them."""
        return x if self.place is None else x + self.place().to(x.dtype)
