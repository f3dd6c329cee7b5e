"""Part of `second_reader`: the any-size decoder, pixel by pixel (9.8)."""

from __future__ import annotations

import numpy as np

from second_reader.images import Kind
from second_reader.layers import FULL, clamp, flat, relu, window
from second_reader.networks import Model
from second_reader.planes import ONE, planes
from second_reader.promises import lifts


class AnySize:
    """Maps of a batch of images, which may differ in size and levels.

    Planes (n, H, W, C + 1) and features (B + 1, n, H, W, F) are filled in raster order, with H and
    W the largest of the batch; what was not filled, or lies outside of an image, stays 0.
    """

    def __init__(self, model: Model, latents: np.ndarray, kinds: list[Kind]) -> None:
        g = model.config
        self.model, self.g = model, g
        self.tops = np.array([kind.levels - 1 for kind in kinds])[:, None]
        size = len(kinds), max(k.height for k in kinds), max(k.width for k in kinds)
        self.planes = np.zeros((*size, g["channels"] + 1), np.int64)
        self.features = np.zeros((g["blocks"] + 1, *size, g["width"]), np.int64)
        self.conditions = [np.zeros((len(kinds), 1), np.int64)] * g["blocks"]
        if model.dimensions:
            lifted = latents << int(model.t["decoder.latent_lift"])
            names = (f"decoder.{i}.condition" for i in range(g["blocks"]))
            self.conditions = [model.layer(name, lifted) for name in names]

    def outputs(self, items: list[int], r: int, c: int) -> np.ndarray:
        """The outputs (items, P) at a pixel that lies in these images."""
        model, x, reach = self.model, self.features, self.g["first_reach"]
        n, half = self.g["columns"], self.g["columns"] // 2

        above = window(self.planes, r - reach, c - reach, reach, 2 * reach + 1)
        left = window(self.planes, r, c - reach, 1, reach)
        a = np.concatenate([flat(above), flat(left)], axis=1)[items]
        x[0, items, r, c] = model.layer("decoder.first", a)
        if model.kind == "placed-resnet":
            height, width = self.g["image_height"], self.g["image_width"]
            told = np.zeros((1, height + width), np.int64)
            told[0, [r, height + c]] = ONE
            x[0, items, r, c] = clamp(x[0, items, r, c] + model.layer("decoder.place", told), FULL)
        for i, up in enumerate(lifts(model.t, self.g["blocks"])):
            above, left = (
                window(x[i], r - 1, c - half, 1, n),
                window(x[i], r, c - half, 1, half + 1),
            )
            a = np.concatenate([flat(above), flat(left)], axis=1)[items]
            t, m = model.layer(f"decoder.{i}.window", a), model.shift(f"decoder.{i}.widen")
            wide = (model.acc(f"decoder.{i}.widen", t) + 2**m // 2) >> m
            e = clamp(relu(wide + self.conditions[i][items]), FULL)
            k = model.shift(f"decoder.{i}.narrow")
            total = (x[i, items, r, c] << up) + model.acc(f"decoder.{i}.narrow", e) + 2**k // 2
            x[i + 1, items, r, c] = clamp(total >> k, FULL)
        return model.outputs(relu(x[-1, items, r, c]))

    def learn(self, items: list[int], r: int, c: int, values: np.ndarray) -> None:
        """The level indexes (items, C) of a pixel, in the order of the image's channels."""
        self.planes[items, r, c] = planes(values, self.tops[items])
