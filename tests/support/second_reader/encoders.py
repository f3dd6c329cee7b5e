"""Part of `second_reader`: the encoders of images (9.1, 9.9)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from second_reader.images import Kind
from second_reader.layers import flat, relu
from second_reader.networks import Model
from second_reader.planes import planes
from second_reader.tensors import FULL


def encode(model: Model, images: Sequence[np.ndarray], kinds: Sequence[Kind]) -> np.ndarray:
    """Codes (n, D) of images (H, W, C) of level indexes; D is 0 for a model without an encoder."""
    codes = np.zeros((len(images), model.dimensions), np.int64)
    if not model.dimensions:
        return codes
    for one in {id(kind): kind for kind in kinds}.values():
        items = [i for i, kind in enumerate(kinds) if kind is one]
        codes[items] = encode_alike(model, np.array([images[i] for i in items]), one.levels - 1)
    return codes


def encode_alike(model: Model, x: np.ndarray, top: int) -> np.ndarray:
    """Codes of images (n, H, W, C) of one shape, whose highest level index is `top`."""
    if model.any_size:
        x = planes(x.astype(np.int64), top)
    for i, stride in enumerate(model.config["encoder_strides"]):
        x = relu(model.conv(f"encoder.{i}", x, 3 if i else 5, stride))
    a = average(x, int(model.t["encoder.average_lift"])) if model.any_size else flat(x)
    return model.layer("encoder.out", a, int(model.t["encoder.code_reach"]))


def average(x: np.ndarray, lift: int) -> np.ndarray:
    """Averages (n, F) of features over all places of maps (n, rows, columns, F), lifted."""
    n = x.shape[1] * x.shape[2]
    return np.minimum((2 * (x.sum((1, 2)) << lift) + n) // (2 * n), FULL)
