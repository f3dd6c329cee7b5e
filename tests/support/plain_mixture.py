"""The logistic mixture of one pixel by integers of Python, as docs/FORMAT.md has it."""

from __future__ import annotations

from acncodec.arithmetic.head_tables import head_tables
from acncodec.arithmetic.tables import tables
from acncodec.contracts.distribution import TOTAL
from acncodec.heads.logistic_mixture import CHANNEL_ORDERS
from acncodec.heads.mixture_shape import NEIGHBOURS, LogisticMixture


def clamp(value: int, least: int, most: int) -> int:
    return min(max(value, least), most)


class PlainMixture:
    """Outputs and values of the neighbours are lists of integers; `known` goes on a channel."""

    def __init__(
        self, shape: LogisticMixture, levels: int, outputs: list[int], around: list[list[int]]
    ) -> None:
        self.shape, self.levels, self.outputs = shape, levels, outputs
        self.around, self.values = around, list[int]()
        K, S = shape.components, len(shape.spikes)
        logits = [clamp(value, -32768, 32768) for value in outputs[: K + S]]
        exp = tables().exp.tolist()
        self.weights = self.shares([exp[min(max(logits) - logit, 16383)] for logit in logits])

    def shares(self, numbers: list[int]) -> list[int]:
        shift = max(0, sum(numbers).bit_length() - 32)
        cut = [number >> shift for number in numbers]
        reciprocal = (1 << 62) // sum(cut)
        K = self.shape.components
        made = [(unit * reciprocal >> 32) + (k < K) for k, unit in enumerate(cut)]
        made[cut.index(max(cut))] += (1 << 30) - sum(made)
        return made

    def parameters(self, k: int) -> tuple[int, int]:
        """Step and origin of component k in the next channel."""
        K, S, C = self.shape.components, len(self.shape.spikes), self.shape.channels
        c = len(self.values)
        mean = clamp(self.outputs[K + S + c * K + k], -(1 << 23), 1 << 23)
        linear = 0
        for j, value in enumerate(self.values):
            pair = c * (c - 1) // 2 + j
            factor = clamp(self.outputs[K + S + (2 * C + pair) * K + k], -(1 << 21), 1 << 21)
            linear += factor * ((value << 21) // (self.levels - 1) - (1 << 20))
        mean = clamp(mean + (linear >> 20), -(1 << 21), 1 << 21)
        scale = clamp(self.outputs[K + S + (C + c) * K + k], -2560, 512)
        inverse = int(head_tables().inverse[scale + 2560])
        return (inverse << 25) // self.levels, ((1 << 20) + mean) * inverse << 4

    def share(self, k: int, edge: int) -> int:
        """The distribution function of component k, of 2^30."""
        if edge in (0, self.levels):
            return (1 << 30) if edge else 0
        step, origin = self.parameters(k)
        y = clamp(edge * step - origin + (22 << 40), 0, (44 << 40) - 1)
        i, f = y >> 33, (y >> 13) & 0xFFFFF
        table = head_tables().logistic
        low, high = int(table[i]), int(table[i + 1])
        return low + ((high - low) * f >> 20)

    def spikes(self) -> list[int]:
        names = [name for name in self.shape.spikes if name in NEIGHBOURS]
        channel = CHANNEL_ORDERS[self.shape.channels - 1][len(self.values)]
        constant = {"zero": 0, "max": self.levels - 1}
        return [
            constant[name] if name in constant else self.around[names.index(name)][channel]
            for name in self.shape.spikes
        ]

    def below(self, edge: int) -> int:
        if edge in (0, self.levels):
            return TOTAL if edge else 0
        K = self.shape.components
        smooth = sum(self.weights[k] * self.share(k, edge) for k in range(K))
        sharp = sum(w for w, v in zip(self.weights[K:], self.spikes(), strict=True) if v < edge)
        return (((smooth >> 30) + sharp) * (TOTAL - self.levels) >> 30) + edge

    def known(self, value: int) -> None:
        K = self.shape.components
        masses = [self.share(k, value + 1) - self.share(k, value) + 1 for k in range(K)]
        masses += [(1 << 30) * (spike == value) for spike in self.spikes()]
        self.weights = self.shares([w * m for w, m in zip(self.weights, masses, strict=True)])
        self.values.append(value)
