"""Part of `second_reader`: the shipped tables and what is made of them (8.3 to 8.5)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from second_reader.fields import need
from second_reader.layers import FULL
from second_reader.safetensors import read_safetensors

TABLES = {
    "tanh": "7d834ef8092fea8cfc54a07ae0a4a25b9680073697da6397a0d0a50e1e97468d",
    "gauss": "229979b86b49932ccf48d4a023c4400d680b98fb492de24c2405b84101e73fd0",
    "exp": "2772aba985160970ce5305aadeadc76e46bf1b8a009c148b689ea1f80ccaa7ca",
    "logistic": "5bd64878f245317406f17255da16d2776794157b4dd10d94fe72abf659f14f5e",
    "inverse": "44af3f495b997f56526c2a74d5c32d52ee15865e203d16d08d55b025c573f9ad",
}
HEAD_TABLES = {
    "logistic30": "b575b050107970799fe1ef21365fd2cca851ce03059e2a272b28a55d06ec27c2",
    "inverse_scale": "6cc1fdaab11b6b9fd2dcfc9628ef978866e20f09535d7ed3b0136f057ab30bd4",
}
"""Those of version 3, in a file of their own."""


@dataclass(frozen=True)
class Tables:
    """The shipped tables with their extensions (8.3)."""

    entries: dict[str, np.ndarray]
    sigma: list[int]
    """Sigma(i) for i = -2,816 .. 2,816."""

    @classmethod
    def load(cls, path: Path) -> Tables:
        """The tables of `path`, and those of version 3 beside it."""
        _, tables = read_safetensors(path)
        _, more = read_safetensors(path.with_name("head_tables.safetensors"))
        entries = {}
        for name, digest in (TABLES | HEAD_TABLES).items():
            table = (more if name in HEAD_TABLES else tables)[name]
            need(hashlib.sha256(table.tobytes()).hexdigest() == digest, f"table {name}")
            entries[name] = table.astype(np.int64)
        half = entries["logistic30"].tolist()
        return cls(entries, [2**30 - value for value in half[:0:-1]] + half)

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

    def line(self, x: int) -> int:
        """S(x), of x at 2^40."""
        y = min(max(x + 22 * 2**40, 0), 44 * 2**40 - 1)
        i, f = y >> 33, (y >> 13) % 2**20
        return self.sigma[i] + ((self.sigma[i + 1] - self.sigma[i]) * f >> 20)


def shares(u: list[int], m: int) -> list[int]:
    """Integers that sum to 2^30, the first m of them never 0 (8.5)."""
    s = max(0, sum(u).bit_length() - 32)
    c = [value >> s for value in u]
    r = 2**62 // sum(c)
    out = [(value * r >> 32) + (j < m) for j, value in enumerate(c)]
    out[c.index(max(c))] += 2**30 - sum(out)
    return out
