"""Compiled integer loops of the logistic mixture: its parameters, its distribution function.

The mixture of one channel of a pixel is a row of int64 in an array (n, 3 K + 2 S):

    | K + S weights, summing to 2^30 | K steps | K origins | S values of the spikes |

Everything is int64. The argument of component k's logistic function at edge e = 0 .. L is, at 2^40,

    e step - origin,  step = floor(2^25 inverse / L),  origin = (2^20 + mean) inverse 2^4 - 22 2^40

where the 22 is the table's reach: what is below 0 is below the table. The inverse scale is below
2^30.43 (2^16 exp(10)), so e step < 2^55.43; the mean lies in -2^21 .. 2^21, so |origin| < 2^56.02;
their difference is below 2^57. K and S come as lengths of tuples: they are known when a loop is
compiled, which unrolls it and takes a third off its time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.arithmetic.head_tables import (
    INVERSE_BITS,
    LOG_SCALE_BITS,
    REACH,
    SHARE_BITS,
    STEP_BITS,
)
from acncodec.arithmetic.tables import LOGIT_BITS, LOGIT_REACH
from acncodec.contracts.distribution import TOTAL
from acncodec.heads import mixture_shape
from acncodec.heads.shares import WHOLE, to_shares
from acncodec.run.compiled import compiled
from acncodec.stack.ans_kernels import advance, loaded, peek, store, top_word

MEAN_BITS = 20
"""Means, and the values of known channels, stand at 2^20; -1 is the least value, 1 the greatest."""
COEFFICIENT_BITS = 20

LOGIT_LIMIT = int(mixture_shape.LOGIT_LIMIT) << LOGIT_BITS
MEAN_LIMIT = int(mixture_shape.MEAN_LIMIT) << MEAN_BITS
MEAN_REACH = 4 * MEAN_LIMIT
"""The linear terms change a mean by at most 3 2 1 = 6, after which it is clamped to +-2: a mean
of 8 or more is as good as 8."""
LOG_SCALE_MIN = int(mixture_shape.LOG_SCALE_MIN) << LOG_SCALE_BITS
LOG_SCALE_MAX = int(mixture_shape.LOG_SCALE_MAX) << LOG_SCALE_BITS
COEFFICIENT_LIMIT = int(mixture_shape.COEFFICIENT_LIMIT) << COEFFICIENT_BITS

ARGUMENT_BITS = 40
EDGE_SHIFT = ARGUMENT_BITS + 1 - INVERSE_BITS
"""step = floor(2^EDGE_SHIFT inverse / L): L bins are 2 wide."""
_ORIGIN_SHIFT = ARGUMENT_BITS - MEAN_BITS - INVERSE_BITS
_ONE = 1 << MEAN_BITS
_REACH = REACH << ARGUMENT_BITS
_GREATEST = 2 * _REACH - 1
_INDEX_SHIFT = ARGUMENT_BITS - STEP_BITS
_FRACTION_BITS = 20
_FRACTION_SHIFT = _INDEX_SHIFT - _FRACTION_BITS
_FRACTION_MASK = (1 << _FRACTION_BITS) - 1

ZERO, MAXIMUM = -1, -2
"""Sources of spikes that are no neighbours."""


Counted = tuple[None, ...]
"""A number that is known when a loop is compiled: the length of a tuple."""


@compiled(inline="always")
def _clamp(value: Any, limit: Any) -> Any:
    return min(max(value, -limit), limit)


@compiled(inline="always")
def logistic_share(argument: Any, table: Any) -> Any:
    """2^30 sigmoid(argument / 2^40 - 22): a straight line between entries, so it is monotone.

    Entries differ by at most 2^21, the fraction is below 2^20.
    """
    inside = min(max(argument, 0), _GREATEST)
    index = inside >> _INDEX_SHIFT
    fraction = (inside >> _FRACTION_SHIFT) & _FRACTION_MASK
    low = np.int64(table[index])
    return low + (((np.int64(table[index + 1]) - low) * fraction) >> _FRACTION_BITS)


@compiled(inline="always")
def cumulative(edge: Any, rows: Any, row: Any, levels: int, K: int, S: int, table: Any) -> Any:
    """What lies below `edge`, 0 < edge < L, of 2^24; each value below it has 1 besides its share.

    The sum of weights (2^30 in all) times shares (at most 2^30) is at most 2^60, and what is
    multiplied by 2^24 - L at most 2^30.
    """
    smooth, sharp = np.int64(0), np.int64(0)
    for k in range(K):
        argument = edge * rows[row, K + S + k] - rows[row, 2 * K + S + k]
        smooth += rows[row, k] * logistic_share(argument, table)
    for i in range(S):
        passed = np.int64(rows[row, 3 * K + S + i] < edge)
        sharp += rows[row, K + i] & -passed
    share = (smooth >> SHARE_BITS) + sharp
    return ((share * (TOTAL - levels)) >> SHARE_BITS) + edge


@compiled(inline="always")
def _part(value: Any, rows: Any, row: Any, levels: int, K: int, S: int, table: Any) -> Any:
    """Start and frequency of a value of one pixel."""
    start, stop = np.int64(0), np.int64(TOTAL)
    if value > 0:
        start = cumulative(value, rows, row, levels, K, S, table)
    if value < levels - 1:
        stop = cumulative(value + 1, rows, row, levels, K, S, table)
    return start, stop - start


@compiled(inline="always")
def _guess(rows: Any, row: Any, levels: int, K: int, S: int) -> Any:
    """An edge below which half of the heaviest part of a mixture lies, and how many edges from it
    the next one is worth asking for: a scale, 2^40 in steps. No step is less than 2^22."""
    heaviest = 0
    for k in range(1, K + S):
        if rows[row, k] > rows[row, heaviest]:
            heaviest = k
    edge, apart = np.int64(0), np.int64(1)
    if heaviest < K:
        step = rows[row, K + S + heaviest]
        edge = (rows[row, 2 * K + S + heaviest] + _REACH) // step
        apart = max((apart << ARGUMENT_BITS) // step, apart)
    else:
        edge = rows[row, 3 * K + heaviest]
    return min(max(edge, 1), levels - 1), apart


@compiled(inline="always")
def _find(quantile: Any, rows: Any, row: Any, levels: int, K: int, S: int, table: Any) -> Any:
    """The value of one pixel whose part holds `quantile`, its start and its frequency.

    Bisection, but that it begins where most values are, and looks farther and farther from there
    until it is on both sides of the value: mostly fewer edges are asked for than by halving alone.
    """
    low, start = np.int64(0), np.int64(0)
    high, stop = np.int64(levels), np.int64(TOTAL)
    middle, apart = _guess(rows, row, levels, K, S)
    while high - low > 1:
        below = cumulative(middle, rows, row, levels, K, S, table)
        if below <= quantile:
            low, start = middle, below
        else:
            high, stop = middle, below
        if low == 0:
            middle = max(high - apart, 1)
        elif high == levels:
            middle = min(low + apart, levels - 1)
        else:
            middle = (low + high) >> 1
        apart += apart
    return low, start, stop - start


@compiled()
def _first_weights(outputs: Any, components: Counted, spikes: Counted, exp: Any, rows: Any) -> None:
    """Weights before any channel is known: the softmax of the logits. A sum is at least 2^20."""
    K, S = len(components), len(spikes)
    for row in range(len(rows)):
        best = np.int64(-LOGIT_LIMIT)
        for k in range(K + S):
            best = max(best, _clamp(outputs[row, k], LOGIT_LIMIT))
        for k in range(K + S):
            below = best - _clamp(outputs[row, k], LOGIT_LIMIT)
            rows[row, k] = exp[min(below, LOGIT_REACH)]


@compiled()
def _next_weights(
    values: Any, channel: int, before: Any, levels: int, components: Counted, spikes: Counted,
    table: Any, rows: Any,
) -> None:  # fmt: skip
    """Weights once the channel with mixtures `before` is known to have its value of `values`.

    Weights sum to 2^30 and what they are multiplied by is at most 2^30 + 1. A component has at
    least 1 of both, so the sum is not 0.
    """
    K, S = len(components), len(spikes)
    for row in range(len(rows)):
        value = values[row, channel]
        for k in range(K):
            argument = value * before[row, K + S + k] - before[row, 2 * K + S + k]
            low, high = np.int64(0), np.int64(WHOLE)
            if value > 0:
                low = logistic_share(argument, table)
            if value < levels - 1:
                high = logistic_share(argument + before[row, K + S + k], table)
            rows[row, k] = before[row, k] * (high - low + 1)
        for i in range(S):
            same = np.int64(before[row, 3 * K + S + i] == value)
            rows[row, K + i] = (before[row, K + i] & -same) << SHARE_BITS


@compiled()
def mixtures(
    outputs: Any, around: Any, values: Any, channel: int, place: int, before: Any, levels: int,
    components: Counted, spikes: Counted, sources: Any, scaled: Any, inverses: Any, steps: Any,
    logistic: Any, exp: Any, rows: Any,
) -> None:  # fmt: skip
    """The mixtures of channel `channel` in coding order, into rows (n, 3 K + 2 S).

    outputs: (n, P); around: (n, A, C), where `place` is this channel's; values: (n, C), in coding
    order, of which those before this channel count; before: the mixtures of the channel before it.
    sources: (S,), where each spike's value is found: the index of a neighbour, or `ZERO`, or
    `MAXIMUM`; scaled: (L,), values as means; inverses, steps: (3073,), by log-scale. All int64;
    logistic, exp: the tables, int32.
    """
    K, S = len(components), len(spikes)
    means = K + S + channel * K
    scales = means + values.shape[1] * K
    coefficients = K + S + (2 * values.shape[1] + channel * (channel - 1) // 2) * K
    if channel == 0:
        _first_weights(outputs, components, spikes, exp, rows)
    else:
        _next_weights(
            values, channel - 1, before, levels, components, spikes, logistic, rows
        )  # fmt: skip
    to_shares(rows, K + S, K)
    for row in range(len(rows)):
        for k in range(K):
            linear = np.int64(0)
            for other in range(channel):
                factor = _clamp(outputs[row, coefficients + other * K + k], COEFFICIENT_LIMIT)
                linear += factor * scaled[values[row, other]]
            mean = _clamp(outputs[row, means + k], MEAN_REACH) + (linear >> COEFFICIENT_BITS)
            mean = _clamp(mean, MEAN_LIMIT)
            scale = min(max(outputs[row, scales + k], LOG_SCALE_MIN), LOG_SCALE_MAX)
            index = scale - LOG_SCALE_MIN
            rows[row, K + S + k] = steps[index]
            origin = ((_ONE + mean) * inverses[index]) << _ORIGIN_SHIFT
            rows[row, 2 * K + S + k] = origin - _REACH
        for i in range(S):
            source = sources[i]
            if source >= 0:
                rows[row, 3 * K + S + i] = around[row, source, place]
            else:
                rows[row, 3 * K + S + i] = levels - 1 if source == MAXIMUM else 0


@compiled()
def intervals(
    values: Any, rows: Any, levels: int, components: Counted, spikes: Counted, logistic: Any,
    starts: Any, frequencies: Any,
) -> None:  # fmt: skip
    """Parts of values (n,), below L, into starts and frequencies (n,)."""
    K, S = len(components), len(spikes)
    for row in range(len(values)):
        starts[row], frequencies[row] = _part(values[row], rows, row, levels, K, S, logistic)


@compiled()
def locate(
    quantiles: Any, rows: Any, levels: int, components: Counted, spikes: Counted, logistic: Any,
    values: Any, starts: Any, frequencies: Any,
) -> None:  # fmt: skip
    """Values whose parts hold quantiles (n,) of range(2^24), and these parts, into (n,) each."""
    K, S = len(components), len(spikes)
    for row in range(len(quantiles)):
        value, start, frequency = _find(quantiles[row], rows, row, levels, K, S, logistic)
        values[row], starts[row], frequencies[row] = value, start, frequency


@compiled()
def pop(
    registers: Any, words: Any, tally: Any, rows: Any, levels: int, components: Counted,
    spikes: Counted, logistic: Any, values: Any,
) -> None:  # fmt: skip
    """Take a value for each row off a coder's state, the first one first, into values (n,)."""
    K, S = len(components), len(spikes)
    top = loaded(registers, tally)
    for row in range(len(rows)):
        value, start, frequency = _find(peek(top), rows, row, levels, K, S, logistic)
        top = advance(top, words[top_word(top)], start, frequency)
        values[row] = value
    store(registers, tally, top)


@compiled()
def dense(
    rows: Any, levels: int, components: Counted, spikes: Counted, logistic: Any, out: Any
) -> None:
    """All frequencies, into out (n, L)."""
    K, S = len(components), len(spikes)
    for row in range(len(rows)):
        before = np.int64(0)
        for value in range(levels):
            after = np.int64(TOTAL)
            if value < levels - 1:
                after = cumulative(value + 1, rows, row, levels, K, S, logistic)
            out[row, value] = after - before
            before = after
