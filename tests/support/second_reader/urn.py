"""Part of `second_reader`: the latents of an urn (10.8, 11.3)."""

from __future__ import annotations

from typing import Any

import numpy as np

from second_reader.fields import need
from second_reader.networks import Model


def shortened(m: int, e: int) -> tuple[int, int]:
    s = max(0, m.bit_length() - 32)
    return m >> s, e + s


class Pool:
    """The images of earlier batches, in canonical order: their codes and mixtures."""

    def __init__(self, model: Model, alpha: int, kernel: int) -> None:
        self.model, self.alpha, self.kernel = model, alpha, kernel
        self.codes: list[np.ndarray] = []
        self.mixtures: list[list[np.ndarray]] = []

    def insert(self, rank: int, code: np.ndarray) -> None:
        self.codes.insert(rank, code)
        if self.kernel:
            ones = np.ones((len(code), 1), np.int64)
            parts = [ones << 14, code[:, None] << 8, ones * (2**20 // self.kernel)]
        else:
            parts = [part[0] for part in self.model.prior(code[None])]
        self.mixtures.insert(rank, parts)

    def fresh(self) -> int:
        count = len(self.codes)
        share = self.alpha * 2**24 // (self.alpha + count)
        return min(max(share, 1), 2**24 - 1) if count else 2**24

    def frequencies(self, z: np.ndarray, d: int, rank: int, component: int) -> np.ndarray:
        """Of the alternatives of z_d given what explains z: image `rank`, or a component."""
        if rank < 0:
            return self.model.marginal(z, component, d)
        return self.model.bins(*(part[d] for part in self.mixtures[rank]))

    def candidates(self, z: np.ndarray) -> list[int]:
        distances = [int(((z - code) ** 2).sum()) for code in self.codes]
        return sorted(range(len(distances)), key=lambda i: (distances[i], i))[:64]

    def posterior(self, z: np.ndarray, candidates: list[int]) -> np.ndarray:
        fresh, reach = self.fresh(), self.model.reach
        names = [(-1, k) for k in range(len(self.model.components))]
        starts = [fresh * int(f) for f in self.model.components]
        names += [(rank, -1) for rank in candidates]
        starts += [(2**24 - fresh) * 2**24 // max(1, len(self.codes))] * len(candidates)
        products = []
        for (rank, component), start in zip(names, starts, strict=True):
            m, e = shortened(start, 0)
            for d in range(len(z)):
                frequency = int(self.frequencies(z, d, rank, component)[int(z[d]) + reach])
                m, e = shortened(m * frequency, e)
            products.append((m, e))
        top = max(e for _, e in products)
        values = [m >> (top - e) for m, e in products]
        left = 2**24 - len(values)
        out = [v * left // sum(values) for v in values]
        out[values.index(max(values))] += left - sum(out)
        return np.array(out, np.int64) + 1

    def pop_latents(self, stack: Any, n: int) -> np.ndarray:
        model, fresh = self.model, self.fresh()
        ranks, components = [-1] * n, [-1] * n
        if self.codes:
            kinds = [stack.pop(np.array([fresh, 2**24 - fresh])) for _ in range(n)]
        else:
            kinds = [0] * n
        for i in range(n):
            if kinds[i] == 0:
                components[i] = stack.pop(model.components)
        for i in range(n):
            if kinds[i] == 1:
                ranks[i] = stack.pop_uniform(len(self.codes))
        z = np.zeros((n, model.config["latent_dim"]), np.int64)
        for d in range(z.shape[1]):
            for i in range(n):
                frequencies = self.frequencies(z[i], d, ranks[i], components[i])
                z[i, d] = stack.pop(frequencies) - model.reach
        for i in reversed(range(n)):
            candidates = self.candidates(z[i])
            symbol = components[i]
            if kinds[i]:
                need(ranks[i] in candidates, "an image does not explain a latent")
                symbol = len(model.components) + candidates.index(ranks[i])
            stack.push(symbol, self.posterior(z[i], candidates))
        return z
