"""Part of `second_reader`: the encoders of images (9.1, 9.9, 9.11)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from second_reader.codebook import nearest
from second_reader.fields import need
from second_reader.images import Kind
from second_reader.layers import FULL, flat, relu
from second_reader.networks import Model
from second_reader.planes import planes

MOST_ENTRIES = 2**17
"""Of a point of labels' neighbours fewer (5.1)."""


def encode(model: Model, images: Sequence[np.ndarray], kinds: Sequence[Kind]) -> np.ndarray:
    """Codes (n, D) of images (H, W, C) of level indexes; D is 0 where no latents are drawn."""
    codes = np.zeros((len(images), model.dimensions), np.int64)
    if not model.dimensions:
        return codes
    for one in {id(kind): kind for kind in kinds}.values():
        items = [i for i, kind in enumerate(kinds) if kind is one]
        codes[items] = encode_alike(model, np.array([images[i] for i in items]), one.levels - 1)
    return codes


def encode_alike(model: Model, x: np.ndarray, top: int) -> np.ndarray:
    """Codes of images (n, H, W, C) of one shape, whose highest level index is `top`."""
    x = convolved(model, planes(x.astype(np.int64), top) if model.any_size else x)
    a = average(x, int(model.t["encoder.average_lift"])) if model.any_size else flat(x)
    return model.layer("encoder.out", a, int(model.t["encoder.code_reach"]))


def points(model: Model, images: np.ndarray, kind: Kind) -> np.ndarray:
    """Codes of images (n, H, W, C) of one kind, or what stands for them (5.1, 9.11)."""
    if model.kind != "vqvae":
        return encode(model, list(images), [kind] * len(images))
    x = convolved(model, planes(images.astype(np.int64), kind.levels - 1))
    book = model.t["encoder.codebook"].astype(np.int64)
    found = flat(book[nearest(model.layer("encoder.out", x), book)])
    need(found.shape[1] < MOST_ENTRIES, "labels: points of too many entries")
    return found


def convolved(model: Model, x: np.ndarray) -> np.ndarray:
    """What the convolutions of the encoder make of maps (n, H, W, planes)."""
    for i, stride in enumerate(model.config["encoder_strides"]):
        x = relu(model.conv(f"encoder.{i}", x, 3 if i else 5, stride))
    return x


def average(x: np.ndarray, lift: int) -> np.ndarray:
    """Averages (n, F) of features over all places of maps (n, rows, columns, F), lifted."""
    n = x.shape[1] * x.shape[2]
    return np.minimum((2 * (x.sum((1, 2)) << lift) + n) // (2 * n), FULL)
