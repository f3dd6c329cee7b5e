"""Integer convolutions as dense products (never a convolution kernel: those may use FFTs)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from acncodec.exact.fixed import Affine, Floats

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ExactConv:
    """A square, zero-padded convolution; `affine` takes inputs ordered (row, column, channel)."""

    affine: Affine
    kernel: int
    stride: int

    def apply(self, x: Floats) -> Floats:
        """Integers (n, H, W, C) as float64 to clamped integers (n, H', W', O)."""
        pad, kernel = self.kernel // 2, self.kernel
        padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        windows = sliding_window_view(padded, (kernel, kernel), (1, 2))
        windows = windows[:, :: self.stride, :: self.stride].transpose(0, 1, 2, 4, 5, 3)
        count, height, width = windows.shape[:3]
        flat = np.ascontiguousarray(windows).reshape(count * height * width, -1)
        return self.affine.apply(flat).reshape(count, height, width, -1)

    def macs(self, size: tuple[int, int]) -> int:
        """Multiply-adds of one image whose output has this (height, width)."""
        return self.affine.weight.size * size[0] * size[1]


def conv_weight_rows(weight: Floats) -> Floats:
    """Reorder a convolution's weight (O, C, kh, kw) to (O, kh * kw * C)."""
    return np.ascontiguousarray(weight.transpose(0, 2, 3, 1)).reshape(len(weight), -1)


def relu(x: Floats) -> Floats:
    """max(x, 0), in place."""
    out: Floats = np.maximum(x, 0.0, out=x)
    return out


def double(x: Floats, size: tuple[int, int]) -> Floats:
    """Nearest-neighbour upsampling of (n, H, W, C) by two, cropped to `size`."""
    return x.repeat(2, 1).repeat(2, 2)[:, : size[0], : size[1]]


def chunks(count: int, size: int) -> list[slice]:
    """Slices of at most `size` that cover range(count)."""
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]
