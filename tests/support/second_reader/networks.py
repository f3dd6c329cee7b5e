"""Part of `second_reader`: layers (8), networks (9) and distributions of latents (10)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from second_reader.codebook import nearest
from second_reader.config import ANY_SIZE, PROFILES, WITH_PRIOR, layer_shapes, networks, outputs
from second_reader.images import Kind
from second_reader.layers import FULL, clamp, double, flat, relu, window
from second_reader.tables import Tables
from second_reader.tensors import CODEBOOK, model_id


class Model:
    """A model with its layers (8), networks (9) and distributions (10). Axis 0 counts images."""

    def __init__(
        self, profile: str, config: dict[str, Any], t: dict[str, np.ndarray], tables: Tables
    ) -> None:
        self.config, self.t, self.tables = config, t, tables
        self.profile, self.kind = profile, PROFILES[profile]
        self.any_size, self.has_prior = self.kind in ANY_SIZE, self.kind in WITH_PRIOR
        self.stacks = {stacks.name: stacks for stacks in networks(config, self.kind)}
        names = self.stacks.keys() | {"decoder"}
        self.output_layers = {name: outputs(config, self.kind, name) for name in names}
        self.has_mixture = bool(self.output_layers["decoder"])
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

    def takes(self, kind: Kind) -> bool:  # 7.1
        """Whether it is a model of such images."""
        if self.any_size:
            size = self.config.get("image_height"), self.config.get("image_width")
            alike = size in ((None, None), (kind.height, kind.width))
            return alike and kind.channels == self.config["channels"]
        size = tuple(self.config[key] for key in ("channels", "height", "width"))
        return kind.shape == size and (self.has_mixture or kind.levels == self.config["levels"])

    def shift(self, name: str) -> int:
        return int(self.t[f"{name}.shift"])

    def acc(self, name: str, a: np.ndarray) -> np.ndarray:
        return np.asarray(a @ self.matrices[name] + self.t[f"{name}.bias"])

    def layer(self, name: str, a: np.ndarray, limit: int = FULL) -> np.ndarray:
        shift = self.shift(name)
        return clamp((self.acc(name, a) + 2**shift // 2) >> shift, limit)

    def outputs(self, a: np.ndarray, network: str = "decoder") -> np.ndarray:  # 9.8, 9.10
        """The P integers (n, P) of the mixture, from what their layers take; or a prior's."""
        out = []
        for name in self.output_layers[network]:
            k, up = self.shift(name), int(self.t[f"{name}.up"])
            out.append((self.acc(name, a) + 2**k // 2) >> k << up)
        return np.concatenate(out, axis=1)

    def conv(self, name: str, x: np.ndarray, k: int, stride: int) -> np.ndarray:
        rows = [
            [
                self.layer(name, flat(window(x, r - k // 2, c - k // 2, k, k)))
                for c in range(0, x.shape[2], stride)
            ]
            for r in range(0, x.shape[1], stride)
        ]
        return np.array(rows).transpose(2, 0, 1, 3)

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

    def condition(self, latents: np.ndarray) -> np.ndarray:  # 9.3, 9.12
        height, width = self.config["height"], self.config["width"]
        name = "decoder.conditioner."
        if self.kind == "vqvae":
            t = self.t[f"{name}table"].astype(np.int64)[latents]
        elif self.dimensions:
            t = self.spread(latents)
        else:
            return np.zeros((len(latents), height, width, 0), np.int64)
        t = double(t, math.ceil(height / 2), math.ceil(width / 2))
        t = relu(self.conv(f"{name}middle", t, 3, 1))
        return self.conv(f"{name}out", double(t, height, width), 3, 1)

    def spread(self, latents: np.ndarray) -> np.ndarray:  # 9.3
        """The map (n, rows, columns, T) that a conditioner makes of latents (n, D)."""
        if self.kind == "acn-vq":
            book = self.t[CODEBOOK].astype(np.int64)
            parts = latents.reshape(len(latents), -1, book.shape[1])
            latents = flat(book[nearest(parts, book)])
        name = "decoder.conditioner."
        t = relu(self.layer(f"{name}linear", latents << int(self.t[f"{name}latent_lift"])))
        height, width = self.config["height"], self.config["width"]
        t = t.reshape(len(t), -1, math.ceil(height / 4), math.ceil(width / 4))
        return t.transpose(0, 2, 3, 1)

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
