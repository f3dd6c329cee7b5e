"""Part of `second_reader`: the logistic mixture of a pixel, in Python's integers (10.9)."""

from __future__ import annotations

from typing import Any

from second_reader.tables import Tables, shares

CHANNELS = {1: [0], 2: [0, 1], 3: [1, 0, 2], 4: [1, 0, 2, 3]}
"""The order of channels, by how many there are."""
OFFSETS = {"w": (0, -1), "n": (-1, 0), "nw": (-1, -1), "ne": (-1, 1), "ww": (0, -2), "nn": (-2, 0)}
"""Rows and columns from the pixel to that of a spike."""


def clip(a: int, low: int, high: int) -> int:
    return max(low, min(high, a))


class Mixture:
    """The distributions of one pixel's channels, each given those before it."""

    def __init__(self, outputs: list[int], config: dict[str, Any], levels: int, t: Tables) -> None:
        C, K, S = config["channels"], config["components"], len(config["spikes"])
        given = iter(outputs)

        def take(count: int, low: int, high: int) -> list[int]:
            return [clip(next(given), low, high) for _ in range(count)]

        logits = take(K + S, -32_768, 32_768)
        self.means = [take(K, -(2**23), 2**23) for _ in range(C)]
        self.scales = [take(K, -2560, 512) for _ in range(C)]
        self.slopes = [[take(K, -(2**21), 2**21) for _ in range(c)] for c in range(C)]
        self.K, self.L, self.tables = K, levels, t
        exp = t.entries["exp"]
        self.weights = shares([int(exp[min(max(logits) - l, 16_383)]) for l in logits], K)  # noqa: E741
        self.known: list[int] = []
        self.steps: list[int] = []
        self.origins: list[int] = []
        self.spikes: list[int] = []

    def begin(self, spikes: list[int]) -> None:
        """The next channel, in which the spikes have these values."""
        c, self.spikes = len(self.known), spikes
        xs = [v * 2**21 // (self.L - 1) - 2**20 for v in self.known]
        self.steps, self.origins = [], []
        for k in range(self.K):
            slope = sum(self.slopes[c][j][k] * x for j, x in enumerate(xs))
            mean = clip(self.means[c][k] + (slope >> 20), -(2**21), 2**21)
            inverse = int(self.tables.entries["inverse_scale"][self.scales[c][k] + 2560])
            self.steps.append(inverse * 2**25 // self.L)
            self.origins.append((2**20 + mean) * inverse * 2**4)

    def below(self, k: int, e: int) -> int:
        """F_k(e), of the component k."""
        if e in (0, self.L):
            return 2**30 if e else 0
        return self.tables.line(e * self.steps[k] - self.origins[k])

    def start(self, e: int) -> int:
        """A(e), the sum of the frequencies of the values below e."""
        if e in (0, self.L):
            return 2**24 if e else 0
        smooth = sum(w * self.below(k, e) for k, w in enumerate(self.weights[: self.K])) >> 30
        rest = zip(self.weights[self.K :], self.spikes, strict=True)
        sharp = sum(w for w, spike in rest if spike < e)
        return ((smooth + sharp) * (2**24 - self.L) >> 30) + e

    def end(self, v: int) -> None:
        """The channel's value is v."""
        parts = [self.below(k, v + 1) - self.below(k, v) + 1 for k in range(self.K)]
        parts += [2**30 if spike == v else 0 for spike in self.spikes]
        u = [w * part for w, part in zip(self.weights, parts, strict=True)]
        self.weights = shares(u, self.K)
        self.known.append(v)
