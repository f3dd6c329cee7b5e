"""The logistic mixture in integers: the distribution of a channel, the same on every machine.

The integer twin of `logistic_mixture_loss`, whose docstring says what the outputs of the network
mean; docs/FORMAT.md has it to the last bit. Outputs are integers, each kind at a scale of its own
(`SCALES`), and whatever they are, they are clamped here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.head_tables import LOG_SCALE_BITS, head_tables
from acncodec.arithmetic.tables import LOGIT_BITS, tables
from acncodec.contracts.distribution import CoderState, Intervals, Ints
from acncodec.errors import ModelError
from acncodec.heads.logistic_mixture_kernels import (
    COEFFICIENT_BITS,
    COEFFICIENT_LIMIT,
    EDGE_SHIFT,
    LOG_SCALE_MIN,
    LOGIT_LIMIT,
    MAXIMUM,
    MEAN_BITS,
    MEAN_REACH,
    ZERO,
    dense,
    intervals,
    locate,
    mixtures,
    pop,
)
from acncodec.heads.mixture_shape import MAX_LEVELS, NEIGHBOURS, LogisticMixture
from acncodec.stack.frequencies import check_symbols

Pixels = NDArray[np.integer[Any]]
Key = tuple[int, tuple[None, ...], tuple[None, ...], NDArray[np.int32]]
"""What every loop wants beside the rows: L, K Nones, S Nones, the logistic table."""

SCALES = (LOGIT_BITS, MEAN_BITS, LOG_SCALE_BITS, COEFFICIENT_BITS)
"""Logits, means, log-scales and coefficients stand at 2^10, 2^20, 2^8 and 2^20."""
REACHES = (LOGIT_LIMIT, MEAN_REACH, -LOG_SCALE_MIN, COEFFICIENT_LIMIT)
"""Beyond +- these an output is as good as at them: no more digits need to be carried."""

CHANNEL_ORDERS = ((0,), (0, 1), (1, 0, 2), (1, 0, 2, 3))
"""Channels of images in coding order, for 1 to 4 of them: green before red and blue."""


class Mixtures:
    """Values of one channel of n pixels, 0 to L - 1 each.

    rows: int64 (n, 3 K + 2 S), as `logistic_mixture_kernels` describes them.
    """

    def __init__(self, rows: Ints, key: Key) -> None:
        self._rows, self._key = rows, key

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def alternatives(self) -> int:
        """L."""
        return self._key[0]

    def interval(self, symbols: Ints) -> Intervals:
        """The parts of values (n,). Raises `CoderError` for one that is no level."""
        check_symbols(symbols, len(self._rows), self._key[0])
        starts, sizes = np.empty(len(symbols), np.int32), np.empty(len(symbols), np.int32)
        intervals(symbols, self._rows, *self._key, starts, sizes)
        return Intervals(symbols, starts, sizes, self._key[0])

    def locate(self, quantiles: Ints) -> Intervals:
        """The values whose parts hold quantiles (n,), by bisection on the distribution function."""
        count = len(self._rows)
        symbols = np.empty(count, np.int64)
        starts, sizes = np.empty(count, np.int32), np.empty(count, np.int32)
        locate(quantiles, self._rows, *self._key, symbols, starts, sizes)
        return Intervals(symbols, starts, sizes, self._key[0])

    def pop_from(self, state: CoderState) -> Ints:
        """Take n values off a coder."""
        symbols = np.empty(len(self._rows), np.int64)
        pop(*state, self._rows, *self._key, symbols)
        return symbols

    def frequencies(self) -> Ints:
        """All frequencies, int64 (n, L)."""
        out = np.empty((len(self._rows), self._key[0]), np.int64)
        dense(self._rows, *self._key, out)
        return out


@dataclass(frozen=True)
class ExactLogisticMixture:
    """The head of a model whose outputs have this shape, for images of 2 to 2^16 levels.

    Raises `ModelError` for another number of levels.
    """

    shape: LogisticMixture
    levels: int

    def __post_init__(self) -> None:
        if not 2 <= self.levels <= MAX_LEVELS:
            raise ModelError(f"{self.levels} levels; there are 2 to {MAX_LEVELS}")

    @cached_property
    def outputs(self) -> int:
        """P, how many numbers the network gives for a pixel."""
        return self.shape.outputs

    @cached_property
    def channel_order(self) -> tuple[int, ...]:
        """Channels of the image in coding order."""
        return CHANNEL_ORDERS[self.shape.channels - 1]

    @cached_property
    def neighbours(self) -> tuple[tuple[int, int], ...]:
        """(Rows, columns) to the pixels whose values spikes have, in the order of the spikes."""
        return tuple(NEIGHBOURS[name] for name in self.shape.spikes if name in NEIGHBOURS)

    @cached_property
    def key(self) -> Key:
        """What every loop wants beside the rows."""
        shape = self.shape
        return (
            self.levels,
            (None,) * shape.components,
            (None,) * len(shape.spikes),
            head_tables().logistic,
        )

    @cached_property
    def row_size(self) -> int:
        """Numbers in a row of `Mixtures`."""
        return 3 * self.shape.components + 2 * len(self.shape.spikes)

    @cached_property
    def loop_key(self) -> tuple[Any, ...]:
        """What `mixtures` wants but for the pixels and where to put what it makes."""
        levels, components, spikes, logistic = self.key
        return (
            levels, components, spikes, self.sources, self.scaled, self.inverses, self.steps,
            logistic, tables().exp,
        )  # fmt: skip

    @cached_property
    def scaled(self) -> Ints:
        """All values as means, int64 (L,) at 2^20: -1 for 0 and 1 for L - 1."""
        twice = np.arange(self.levels, dtype=np.int64) << (MEAN_BITS + 1)
        out: Ints = twice // (self.levels - 1) - (1 << MEAN_BITS)
        return out

    @cached_property
    def inverses(self) -> Ints:
        """Inverse scales by log-scale, int64 (3073,) at 2^16."""
        return head_tables().inverse.astype(np.int64)

    @cached_property
    def steps(self) -> Ints:
        """Widths of a bin by log-scale, in scales, int64 (3073,) at 2^40."""
        out: Ints = (self.inverses << EDGE_SHIFT) // self.levels
        return out

    @cached_property
    def sources(self) -> Ints:
        """Where the spikes' values are found, int64 (S,)."""
        neighbours = [name for name in self.shape.spikes if name in NEIGHBOURS]
        places = {"zero": ZERO, "max": MAXIMUM} | {
            name: index for index, name in enumerate(neighbours)
        }
        return np.array([places[name] for name in self.shape.spikes], np.int64)

    def begin(self, outputs: Ints, around: Pixels, /) -> MixtureSite:
        """Pixels whose channels are all unknown.

        outputs: integers (n, P) at `SCALES`, in the order of `logistic_mixture_loss`, whose channel
        0 is the first in coding order; around: integers (n, A, C), values of the neighbours, 0
        outside of the image. They may stay in use until the last channel is known. Raises
        `ModelError` where the shapes do not agree.
        """
        count = len(outputs)
        near = (count, len(self.neighbours), len(self.channel_order))
        if outputs.shape != (count, self.outputs) or around.shape != near:
            raise ModelError(f"outputs {outputs.shape} and neighbours {around.shape} do not fit")
        return MixtureSite(
            self, np.ascontiguousarray(outputs, np.int64), np.ascontiguousarray(around, np.int64)
        )


class MixtureSite:
    """Some pixels, of which the first few channels, in coding order, are known."""

    def __init__(self, head: ExactLogisticMixture, outputs: Ints, around: Ints) -> None:
        self._head, self._outputs, self._around = head, outputs, around
        self._values = np.empty((len(outputs), len(head.channel_order)), np.int64)
        self._rows = np.empty((0, head.row_size), np.int64)  # of the channel `_made`
        self._channel, self._made = 0, -1

    def distribution(self) -> Mixtures:
        """That of the next channel, of all n pixels. Raises `ModelError` after the last one."""
        head, channel = self._head, self._channel
        if channel == len(head.channel_order):
            raise ModelError("all channels are known")
        if self._made < channel:
            rows = np.empty((len(self._outputs), self._rows.shape[1]), np.int64)
            mixtures(
                self._outputs, self._around, self._values, channel, head.channel_order[channel],
                self._rows, *head.loop_key, rows,
            )  # fmt: skip
            self._rows, self._made = rows, channel
        return Mixtures(self._rows, head.key)

    def known(self, values: Pixels) -> None:
        """The next channel becomes known: values (n,).

        Raises `CoderError` for a value that is no level, `ModelError` after the last channel.
        """
        self.distribution()  # that of the channel after it is made from this one's
        wide = np.asarray(values, np.int64)
        check_symbols(wide, len(self._values), self._head.levels)
        self._values[:, self._channel] = wide
        self._channel += 1
