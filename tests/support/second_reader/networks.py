"""Part of `second_reader`: tables and layers (8), networks (9) and distributions (10)."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from second_reader.model import (
    FULL,
    PROFILES,
    check_tensors,
    complete_config,
    field,
    layer_shapes,
    model_id,
    need,
    parse_json,
    read_safetensors,
)

TABLES = {
    "tanh": "7d834ef8092fea8cfc54a07ae0a4a25b9680073697da6397a0d0a50e1e97468d",
    "gauss": "229979b86b49932ccf48d4a023c4400d680b98fb492de24c2405b84101e73fd0",
    "exp": "2772aba985160970ce5305aadeadc76e46bf1b8a009c148b689ea1f80ccaa7ca",
    "logistic": "5bd64878f245317406f17255da16d2776794157b4dd10d94fe72abf659f14f5e",
    "inverse": "44af3f495b997f56526c2a74d5c32d52ee15865e203d16d08d55b025c573f9ad",
}


@dataclass(frozen=True)
class Tables:
    """The shipped tables with their extensions (8.3)."""

    entries: dict[str, np.ndarray]

    @classmethod
    def load(cls, path: Path) -> Tables:
        _, tables = read_safetensors(path)
        for name, digest in TABLES.items():
            need(hashlib.sha256(tables[name].tobytes()).hexdigest() == digest, f"table {name}")
        return cls({name: table.astype(np.int64) for name, table in tables.items()})

    def tanh(self, i: np.ndarray) -> np.ndarray:
        return np.sign(i) * self.entries["tanh"][abs(i)]

    def gauss(self, i: np.ndarray) -> np.ndarray:
        value = self.entries["gauss"][np.minimum(abs(i), 32_768)]
        return np.where(i < 0, 2**24 - value, value)

    def logistic(self, i: np.ndarray) -> np.ndarray:
        value = self.entries["logistic"][abs(i)]
        return np.where(i < 0, 2**24 - value, value)

    def inverse(self, i: np.ndarray) -> np.ndarray:
        return self.entries["inverse"][i + FULL]

    def softmax(self, logits: np.ndarray, total: int) -> np.ndarray:
        best = int(np.argmax(logits))
        e = self.entries["exp"][np.minimum(logits[best] - logits, FULL)]
        out = e * total // e.sum()
        out[best] += total - out.sum()
        return out


def clamp(a: np.ndarray, n: int) -> np.ndarray:
    return np.clip(a, -n, n)


def relu(a: np.ndarray) -> np.ndarray:
    return np.maximum(a, 0)


def window(x: np.ndarray, top: int, left: int, rows: int, columns: int) -> np.ndarray:
    """A part (n, rows, columns, channels) of the maps (n, H, W, channels), zeros outside them."""
    out = np.zeros((len(x), rows, columns, x.shape[3]), np.int64)
    r, r_end = max(top, 0), max(min(top + rows, x.shape[1]), 0)
    c, c_end = max(left, 0), max(min(left + columns, x.shape[2]), 0)
    if r < r_end and c < c_end:
        out[:, r - top : r_end - top, c - left : c_end - left] = x[:, r:r_end, c:c_end]
    return out


def flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1)


class Model:
    """A model with its layers (8), networks (9) and distributions (10). Axis 0 counts images."""

    def __init__(
        self, profile: str, config: dict[str, Any], t: dict[str, np.ndarray], tables: Tables
    ) -> None:
        self.config, self.t, self.tables = config, t, tables
        self.profile, self.kind = profile, PROFILES[profile]
        self.identity = model_id(profile, config, t)
        self.matrices = {
            name: (t[f"{name}.weight"].astype(np.int64) << t[f"{name}.lift"].astype(np.int64)).T
            for name in layer_shapes(config, self.kind)
        }
        self.dimensions = config.get("latent_dim", 0)
        if self.dimensions:
            self.reach = int(t["encoder.code_reach"]) + 64
            self.posterior = self.bins(*np.array([[2**14], [0], [2**17]]), reach=64)
            self.components = t["mixture.weights"] + 1

    @classmethod
    def load(cls, path: Path, tables: Tables) -> Model:
        metadata, tensors = read_safetensors(path)
        profile = field(metadata, "profile", str)
        need(profile in PROFILES, "model: profile")
        text = field(metadata, "acncodec", str)
        need(len(text) <= 2**20, "model: metadata")
        about = parse_json(text.encode(), "model")
        config = complete_config(field(about, "config", dict), PROFILES[profile])
        check_tensors(config, tensors, PROFILES[profile])
        return cls(profile, config, tensors, tables)

    def shift(self, name: str) -> int:
        return int(self.t[f"{name}.shift"])

    def acc(self, name: str, a: np.ndarray) -> np.ndarray:
        return np.asarray(a @ self.matrices[name] + self.t[f"{name}.bias"])

    def layer(self, name: str, a: np.ndarray, limit: int = FULL) -> np.ndarray:
        shift = self.shift(name)
        return clamp((self.acc(name, a) + 2**shift // 2) >> shift, limit)

    def conv(self, name: str, x: np.ndarray, k: int, stride: int) -> np.ndarray:
        rows = [
            [
                self.layer(name, flat(window(x, r - k // 2, c - k // 2, k, k)))
                for c in range(0, x.shape[2], stride)
            ]
            for r in range(0, x.shape[1], stride)
        ]
        return np.array(rows).transpose(2, 0, 1, 3)

    def encode(self, x: np.ndarray) -> np.ndarray:  # 9.1
        for i, stride in enumerate(self.config["encoder_strides"]):
            x = relu(self.conv(f"encoder.{i}", x, 3 if i else 5, stride))
        return self.layer("encoder.out", flat(x), int(self.t["encoder.code_reach"]))

    def prior(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # 9.2
        """Weights, means and inverse deviations, each (n, D, M), for the parents' codes (n, D)."""
        lifted = codes << int(self.t["prior.code_lift"])
        hidden: list[np.ndarray] = []
        for i in range(3):
            a = np.concatenate([lifted, *hidden[-1:]], axis=1)
            a = self.tables.tanh(self.layer(f"prior.hidden.{i}", a, 16_384))
            hidden.append(clamp(a, FULL))
        f = np.concatenate(hidden, axis=1)
        shape = (len(codes), self.config["latent_dim"], self.config["prior_components"])
        logits = self.layer("prior.logits", f).reshape(-1, shape[2])
        weights = np.array([self.tables.softmax(row, 2**14) for row in logits]).reshape(shape)
        means = self.layer("prior.means", f, int(self.t["prior.mean_reach"])).reshape(shape)
        return weights, means, self.tables.inverse(self.layer("prior.scales", f)).reshape(shape)

    def condition(self, latents: np.ndarray) -> np.ndarray:  # 9.3
        height, width = self.config["height"], self.config["width"]
        if not self.dimensions:
            return np.zeros((len(latents), height, width, 0), np.int64)
        name = "decoder.conditioner."
        lift = int(self.t[f"{name}latent_lift"])
        t = relu(self.layer(f"{name}linear", latents << lift))
        t = t.reshape(len(t), -1, math.ceil(height / 4), math.ceil(width / 4))
        t = double(t.transpose(0, 2, 3, 1), math.ceil(height / 2), math.ceil(width / 2))
        t = relu(self.conv(f"{name}middle", t, 3, 1))
        return self.conv(f"{name}out", double(t, height, width), 3, 1)

    def gate(self, name: str, a: np.ndarray) -> np.ndarray:  # 9.4
        k = self.shift(name)
        first, second = np.split(self.acc(name, a), 2, axis=1)
        i = clamp((first + 2**k // 2) >> k, 16_384)
        j = clamp((second + 2**k) >> (k + 1), 16_384)
        return self.tables.tanh(i) * (2**14 + self.tables.tanh(j))

    def bins(
        self, w: np.ndarray, mu: np.ndarray, inv: np.ndarray, reach: int | None = None
    ) -> np.ndarray:  # 10.1
        reach = self.reach if reach is None else reach
        spread = 2**24 - (2 * reach + 1)
        edges = (np.arange(-reach, reach)[:, None] << 8) + 128
        totals = (w * self.tables.gauss(((edges - mu) * inv) >> 16)).sum(1)
        return np.diff((totals * spread) >> 38, prepend=0, append=spread) + 1

    def mean(self, z: np.ndarray, k: int, d: int) -> int:  # 10.4
        slopes = self.t["mixture.coefficients"][k, d, :d]
        return (int(slopes @ z[:d]) >> 4) + int(self.t["mixture.offsets"][k, d])

    def marginal(self, z: np.ndarray, k: int, d: int) -> np.ndarray:
        inverse = self.t["mixture.inverses"][k, d]
        return self.bins(*np.array([[2**14], [self.mean(z, k, d)], [inverse]]))

    def responsibilities(self, z: np.ndarray) -> np.ndarray:  # 10.5
        K, D = self.t["mixture.inverses"].shape
        means = np.array([[self.mean(z, k, d) for d in range(D)] for k in range(K)])
        t = clamp((((z << 8) - means) * self.t["mixture.inverses"]) >> 16, 2**17)
        logits = self.t["mixture.constants"] - ((t * t).sum(1) >> 15)
        return self.tables.softmax(logits, 2**24 - K) + 1

    def decoder(self, latents: np.ndarray) -> Decoder | FeedForward:
        return FeedForward(self, latents) if self.kind == "vae" else Decoder(self, latents)


def double(t: np.ndarray, height: int, width: int) -> np.ndarray:
    return t.repeat(2, axis=1).repeat(2, axis=2)[:, :height, :width]


class FeedForward:
    """All logits at once (9.7)."""

    def __init__(self, model: Model, latents: np.ndarray) -> None:
        logits = model.conv("decoder.logit", relu(model.condition(latents)), 3, 1)
        self.ones = model.tables.logistic(logits[..., 0])

    def start_row(self, x: np.ndarray, r: int) -> None:
        pass

    def frequency_of_one(self, x: np.ndarray, r: int, c: int) -> np.ndarray:
        return self.ones[:, r, c]


class Decoder:
    """The two stacks of the decoder, filled pixel by pixel in raster order (9.5, 9.6)."""

    def __init__(self, model: Model, latents: np.ndarray) -> None:
        g = model.config
        self.model, self.g, self.s = model, g, model.condition(latents)
        shape = (g["decoder_blocks"] + 1, *self.s.shape[:3], g["decoder_filters"])
        self.v, self.h = np.zeros(shape, np.int64), np.zeros(shape, np.int64)

    def start_row(self, x: np.ndarray, r: int) -> None:
        """Fill row r of the vertical stack; x is known above it."""
        model, v = self.model, self.v
        rows, columns = self.g["input_vertical_kernel"]
        for c in range(self.g["width"]):
            a = window(x, r - rows, c - columns // 2, rows, columns)
            v[0, :, r, c] = model.layer("decoder.vertical_in", flat(a))
        rows, columns = self.g["vertical_kernel"]
        scales = model.t["decoder.vertical_scales"].tolist()
        for i, (before, after) in enumerate(pairwise(scales)):
            for c in range(self.g["width"]):
                a = window(v[i], r - rows + 1, c - columns // 2, rows, columns)
                a = np.concatenate([flat(a.swapaxes(1, 2)), self.s[:, r, c]], axis=1)
                g = model.gate(f"decoder.{i}.vertical", a)
                down = 29 - after
                total = (v[i, :, r, c] << (29 - before)) + g + 2 ** (down - 1)
                v[i + 1, :, r, c] = clamp(total >> down, FULL)

    def frequency_of_one(self, x: np.ndarray, r: int, c: int) -> np.ndarray:
        """The frequency (n) of level index 1 at a pixel; x is known before it (10.6)."""
        model, h = self.model, self.h
        n = self.g["input_horizontal_kernel"]
        h[0, :, r, c] = model.layer("decoder.horizontal_in", flat(window(x, r, c - n, 1, n)))
        n = self.g["horizontal_kernel"]
        scales = model.t["decoder.horizontal_scales"].tolist()
        for i, (before, after) in enumerate(pairwise(scales)):
            a = flat(window(h[i], r, c - n + 1, 1, n))
            a = np.concatenate([a, self.s[:, r, c], self.v[i + 1, :, r, c]], axis=1)
            g = clamp((model.gate(f"decoder.{i}.horizontal", a) + 2**14) >> 15, FULL)
            name = f"decoder.{i}.residual"
            k = model.shift(name)
            total = (h[i, :, r, c] << (k + after - before)) + model.acc(name, g) + 2**k // 2
            h[i + 1, :, r, c] = clamp(total >> k, FULL)
        head = relu(model.layer("decoder.head", relu(h[-1, :, r, c])))
        return model.tables.logistic(model.layer("decoder.logit", head)[:, 0])
