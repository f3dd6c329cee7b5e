"""Compiled integer loops for latents: Gaussian bins, soft maxima, the mixture's posterior.

Everything here is int64 arithmetic on table entries.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tables import (
    FRACTION_BITS,
    FREQUENCY_BITS,
    GAUSS_REACH,
    GRID_BITS,
    INVERSE_BITS,
    LOGIT_BITS,
    LOGIT_REACH,
    SIGMA_BITS,
    TOTAL,
)
from acncodec.run.compiled import compiled

WEIGHT_BITS = 14
"""Weights of the prior's components sum to 2^14."""
ARGUMENT_SHIFT = FRACTION_BITS + INVERSE_BITS - SIGMA_BITS
"""(distance at 2^8) * (inverse at 2^20) >> this = an index of the Gaussian table."""
ENERGY_REACH = 1 << 17
"""Distances in the mixture's energies are clamped to 32 standard deviations."""
ENERGY_SHIFT = 1 + 2 * SIGMA_BITS - LOGIT_BITS
COEFFICIENT_BITS = 12
"""Regression coefficients of the unconditional prior stand at 2^12."""
NORMAL_INVERSE = 1 << (INVERSE_BITS - GRID_BITS)
"""The inverse standard deviation of the posterior, N(c, I), in grid steps at 2^20."""

Ints = NDArray[np.int64]


@compiled(inline="always")
def gauss_share(argument: Any, table: Any) -> Any:
    """2^24 Phi(argument / 2^12); exact symmetry makes it monotone through zero."""
    if argument >= 0:
        return table[min(argument, GAUSS_REACH)]
    return TOTAL - table[min(-argument, GAUSS_REACH)]


@compiled(inline="always")
def cumulative_share(total: Any, spread: Any) -> Any:
    """The part of `spread` that lies below an edge, from a mixture's share of it at 2^38."""
    return (total * spread) >> (WEIGHT_BITS + FREQUENCY_BITS)


@compiled()
def bin_start(
    weights: Any, means: Any, inverses: Any, row: Any, index: Any, reach: Any, table: Any
) -> Any:
    """Where, in range(2^24), the part of grid point index - reach starts under mixture `row`.

    index: 0 to 2 reach + 1, the end of the last one. Parameters as `mixture_bins` has them. A
    bin spans half a step to either side of its point; the first and last take the tails. Each
    has its share of 2^24 less the number of bins, and one more.
    """
    bins = 2 * reach + 1
    if index <= 0:
        return np.int64(0)
    if index >= bins:
        return np.int64(TOTAL)
    edge = (np.int64(index - 1 - reach) << FRACTION_BITS) + (1 << (FRACTION_BITS - 1))
    total = np.int64(0)
    for component in range(weights.shape[1]):
        distance = edge - np.int64(means[row, component])
        argument = (distance * np.int64(inverses[row, component])) >> ARGUMENT_SHIFT
        total += np.int64(weights[row, component]) * np.int64(gauss_share(argument, table))
    return cumulative_share(total, TOTAL - bins) + index


@compiled()
def mixture_bins(weights: Any, means: Any, inverses: Any, reach: int, table: Any, out: Any) -> None:
    """Frequencies of each grid point -reach..reach under mixtures of Gaussians.

    weights (n, M) sum to 2^14; means (n, M) at 2^8 grid steps; inverses (n, M) at 2^20;
    out: int64 (n, 2 reach + 1), each row summing to 2^24.
    """
    for row in range(weights.shape[0]):
        before = np.int64(0)
        for index in range(2 * reach + 1):
            after = bin_start(weights, means, inverses, row, index + 1, reach, table)
            out[row, index] = after - before
            before = after


@compiled()
def soft_maximum(logits: Any, total: int, table: Any, out: Any) -> None:
    """Integer softmax: each row of `out` (n, M) sums to `total`, rounding goes to the largest.

    logits (n, M) at 2^10; ties break on the lower index.
    """
    for row in range(logits.shape[0]):
        best = 0
        for column in range(1, logits.shape[1]):
            if logits[row, column] > logits[row, best]:
                best = column
        norm = np.int64(0)
        for column in range(logits.shape[1]):
            below = min(logits[row, best] - logits[row, column], LOGIT_REACH)
            out[row, column] = table[below]
            norm += np.int64(table[below])
        left = np.int64(total)
        for column in range(logits.shape[1]):
            share = (np.int64(out[row, column]) * total) // norm
            out[row, column] = share
            left -= share
        out[row, best] += left


@compiled()
def regression_means(
    z: Any, component: Any, dimension: int, coefficients: Any, offsets: Any, out: Any
) -> None:
    """Mean of z_d given z_<d under each row's component, at 2^8 grid steps, into out (n, 1).

    z: int64 (n, D) grid points; component: int64 (n,); coefficients: int64 (K, D, D) at 2^12;
    offsets: int64 (K, D) at 2^8.
    """
    for row in range(z.shape[0]):
        k = component[row]
        total = np.int64(0)
        for before in range(dimension):
            total += coefficients[k, dimension, before] * z[row, before]
        out[row, 0] = (total >> (COEFFICIENT_BITS - FRACTION_BITS)) + offsets[k, dimension]


@compiled()
def mixture_log_densities(
    z: Any, coefficients: Any, offsets: Any, inverses: Any, constants: Any, out: Any
) -> None:
    """log w_k p(z|k) up to a common constant, at 2^10 nats, into out: int64 (n, K).

    inverses: int64 (K, D) at 2^20; constants: int64 (K,), log w_k - sum log sigma at 2^10.
    """
    dims = z.shape[1]
    for row in range(z.shape[0]):
        for k in range(offsets.shape[0]):
            energy = np.int64(0)
            for d in range(dims):
                total = np.int64(0)
                for before in range(d):
                    total += coefficients[k, d, before] * z[row, before]
                mean = (total >> (COEFFICIENT_BITS - FRACTION_BITS)) + offsets[k, d]
                distance = (z[row, d] << FRACTION_BITS) - mean
                t = (distance * inverses[k, d]) >> ARGUMENT_SHIFT
                t = max(-ENERGY_REACH, min(ENERGY_REACH, t))
                energy += t * t
            out[row, k] = constants[k] - (energy >> ENERGY_SHIFT)


def posterior_frequencies(reach: int, table: NDArray[np.int32]) -> Ints:
    """Frequencies of the offsets z - c in -reach..reach under q = N(c, I), int64."""
    out = np.empty((1, 2 * reach + 1), np.int64)
    one = np.full((1, 1), 1 << WEIGHT_BITS, np.int64)
    inverse = np.full((1, 1), NORMAL_INVERSE, np.int64)
    mixture_bins(one, np.zeros((1, 1), np.int64), inverse, reach, table, out)
    row: Ints = out[0]
    return row
