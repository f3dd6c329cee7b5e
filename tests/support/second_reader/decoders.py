"""Part of `second_reader`: the feed-forward and the gated decoders (9.5 to 9.7, 9.10 to 9.13)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from second_reader.images import Kind
from second_reader.layers import FULL, clamp, flat, relu, window
from second_reader.networks import Model
from second_reader.planes import planes


class FeedForward:
    """All logits at once (9.7)."""

    def __init__(self, model: Model, latents: np.ndarray) -> None:
        logits = model.conv("decoder.logit", relu(model.condition(latents)), 3, 1)
        self.ones = model.tables.logistic(logits[..., 0])

    def start_row(self, x: np.ndarray, r: int) -> None:
        pass

    def frequency_of_one(self, x: np.ndarray, r: int, c: int) -> np.ndarray:
        return self.ones[:, r, c]


class Gated:
    """The two stacks of a network, filled place by place in raster order (9.5, 9.6)."""

    def __init__(self, model: Model, network: str, s: np.ndarray) -> None:
        """With s (n, height, width, S), which S = 0 leaves empty."""
        self.model, self.g, self.s = model, model.stacks[network], s
        shape = (self.g.blocks + 1, *s.shape[:3], self.g.filters)
        self.v, self.h = np.zeros(shape, np.int64), np.zeros(shape, np.int64)

    def start_row(self, x: np.ndarray, r: int) -> None:
        """Fill row r of the vertical stack; x is known above it."""
        model, name, v = self.model, self.g.name, self.v
        rows, columns = self.g.input_vertical
        for c in range(self.g.width):
            a = window(x, r - rows, c - columns // 2, rows, columns)
            v[0, :, r, c] = model.layer(f"{name}.vertical_in", flat(a))
        rows, columns = self.g.vertical
        scales = model.t[f"{name}.vertical_scales"].tolist()
        for i, (before, after) in enumerate(pairwise(scales)):
            for c in range(self.g.width):
                a = window(v[i], r - rows + 1, c - columns // 2, rows, columns)
                a = np.concatenate([flat(a.swapaxes(1, 2)), self.s[:, r, c]], axis=1)
                g = model.gate(f"{name}.{i}.vertical", a)
                down = 29 - after
                total = (v[i, :, r, c] << (29 - before)) + g + 2 ** (down - 1)
                v[i + 1, :, r, c] = clamp(total >> down, FULL)

    def head(self, x: np.ndarray, r: int, c: int) -> np.ndarray:
        """What the layer of the outputs takes at a place (n, E); x is known before it."""
        model, name, h = self.model, self.g.name, self.h
        n = self.g.input_horizontal
        h[0, :, r, c] = model.layer(f"{name}.horizontal_in", flat(window(x, r, c - n, 1, n)))
        n = self.g.horizontal
        scales = model.t[f"{name}.horizontal_scales"].tolist()
        for i, (before, after) in enumerate(pairwise(scales)):
            a = flat(window(h[i], r, c - n + 1, 1, n))
            a = np.concatenate([a, self.s[:, r, c], self.v[i + 1, :, r, c]], axis=1)
            g = clamp((model.gate(f"{name}.{i}.horizontal", a) + 2**14) >> 15, FULL)
            residual = f"{name}.{i}.residual"
            k = model.shift(residual)
            total = (h[i, :, r, c] << (k + after - before)) + model.acc(residual, g) + 2**k // 2
            h[i + 1, :, r, c] = clamp(total >> k, FULL)
        return relu(model.layer(f"{name}.head", relu(h[-1, :, r, c])))


class Decoder:
    """The gated decoder of images of two levels, pixel by pixel."""

    def __init__(self, model: Model, latents: np.ndarray) -> None:
        self.model, self.gated = model, Gated(model, "decoder", model.condition(latents))

    def start_row(self, x: np.ndarray, r: int) -> None:
        self.gated.start_row(x, r)

    def frequency_of_one(self, x: np.ndarray, r: int, c: int) -> np.ndarray:
        """The frequency (n) of level index 1 at a pixel; x is known before it (10.6)."""
        logits = self.model.layer("decoder.logit", self.gated.head(x, r, c))
        return self.model.tables.logistic(logits[:, 0])


class GatedLevels:
    """The same on planes of images of any levels (9.10), for the mixture of 10.9."""

    def __init__(self, model: Model, latents: np.ndarray, kinds: list[Kind]) -> None:
        g = model.config
        self.model, self.gated = model, Gated(model, "decoder", model.condition(latents))
        self.tops = np.array([kind.levels - 1 for kind in kinds])[:, None]
        self.planes = np.zeros((len(kinds), g["height"], g["width"], g["channels"] + 1), np.int64)

    def outputs(self, items: list[int], r: int, c: int) -> np.ndarray:
        """The outputs (items, P) at a pixel."""
        if c == 0:
            self.gated.start_row(self.planes, r)
        return self.model.outputs(self.gated.head(self.planes, r, c))[items]

    def learn(self, items: list[int], r: int, c: int, values: np.ndarray) -> None:
        """The level indexes (items, C) of a pixel, in the order of the image's channels."""
        self.planes[items, r, c] = planes(values, self.tops[items])
