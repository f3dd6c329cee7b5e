"""Compiled integer loops of the urn: nearest codes, and what explains a latent how well.

A density over D dimensions is a product of D frequencies. It is carried as an integer mantissa
below 2^32 and an exponent, value = mantissa * 2^exponent, cut off and never rounded, so that both
sides get the same integers without a logarithm.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.arithmetic.gaussians import (
    ARGUMENT_SHIFT,
    COEFFICIENT_BITS,
    WEIGHT_BITS,
    cumulative_share,
    gauss_share,
)
from acncodec.arithmetic.tables import FRACTION_BITS, TOTAL
from acncodec.run.compiled import compiled

MANTISSA_BITS = 32
_HALF = 1 << (FRACTION_BITS - 1)


@compiled()
def nearest_codes(z: Any, codes: Any, rows: Any, out: Any) -> None:
    """The nearest of codes[rows] to each latent, as indexes into `rows`, into out: int64 (n, S).

    z: int64 (n, D); codes: int64 (capacity, D); rows: int64 (count,), count >= S >= 1. By squared
    distance, nearest first, ties to the lower index.
    """
    most = out.shape[1]
    best = np.empty(most, np.int64)
    for item in range(z.shape[0]):
        filled = 0
        for index in range(len(rows)):
            row = rows[index]
            distance = np.int64(0)
            for d in range(z.shape[1]):
                difference = codes[row, d] - z[item, d]
                distance += difference * difference
            if filled == most and distance >= best[most - 1]:
                continue
            place = min(filled, most - 1)
            filled = min(filled + 1, most)
            while place > 0 and best[place - 1] > distance:
                best[place] = best[place - 1]
                out[item, place] = out[item, place - 1]
                place -= 1
            best[place] = distance
            out[item, place] = index


@compiled(inline="always")
def _excess(mantissa: Any) -> Any:
    """By how many bits a mantissa is too long."""
    shift = 0
    rest = mantissa >> MANTISSA_BITS
    while rest > 0:
        rest >>= 1
        shift += 1
    return shift


@compiled()
def component_products(
    z: Any, starts: Any, coefficients: Any, offsets: Any, inverses: Any, reach: int, table: Any,
    mantissas: Any, exponents: Any,
) -> None:  # fmt: skip
    """starts[k] times the frequencies of z's dimensions given component k, into (n, K) each.

    z: int64 (n, D); starts: int64 (K,), below 2^63; coefficients, offsets, inverses as in
    `gaussians.mixture_log_densities`.
    """
    spread = np.int64(TOTAL - (2 * reach + 1))
    for item in range(z.shape[0]):
        for k in range(offsets.shape[0]):
            exponent = _excess(starts[k])
            mantissa = starts[k] >> exponent
            for d in range(z.shape[1]):
                total = np.int64(0)
                for before in range(d):
                    total += coefficients[k, d, before] * z[item, before]
                mean = (total >> (COEFFICIENT_BITS - FRACTION_BITS)) + offsets[k, d]
                point = z[item, d]
                upper, lower = spread, np.int64(0)
                if point < reach:
                    argument = ((point << FRACTION_BITS) + _HALF - mean) * inverses[k, d]
                    share = np.int64(gauss_share(argument >> ARGUMENT_SHIFT, table))
                    upper = cumulative_share(share << WEIGHT_BITS, spread)
                if point > -reach:
                    argument = ((point << FRACTION_BITS) - _HALF - mean) * inverses[k, d]
                    share = np.int64(gauss_share(argument >> ARGUMENT_SHIFT, table))
                    lower = cumulative_share(share << WEIGHT_BITS, spread)
                mantissa *= upper - lower + 1
                shift = _excess(mantissa)
                mantissa >>= shift
                exponent += shift
            mantissas[item, k], exponents[item, k] = mantissa, exponent


@compiled()
def parent_products(
    z: Any, parents: Any, start: Any, weights: Any, means: Any, inverses: Any, reach: int,
    table: Any, mantissas: Any, exponents: Any,
) -> None:  # fmt: skip
    """`start` times the frequencies of z's dimensions given each parent, into (n, S) each.

    z: int64 (n, D); parents: int64 (n, S), first index of the mixtures' parameters, which are
    int32 (capacity, D, M), as in `gaussians.mixture_bins`.
    """
    spread = np.int64(TOTAL - (2 * reach + 1))
    for item in range(z.shape[0]):
        for column in range(parents.shape[1]):
            parent = parents[item, column]
            exponent = _excess(start)
            mantissa = start >> exponent
            for d in range(z.shape[1]):
                point = z[item, d]
                above, below = np.int64(0), np.int64(0)
                for m in range(weights.shape[2]):
                    weight = np.int64(weights[parent, d, m])
                    inverse = np.int64(inverses[parent, d, m])
                    distance = (point << FRACTION_BITS) - np.int64(means[parent, d, m])
                    high = ((distance + _HALF) * inverse) >> ARGUMENT_SHIFT
                    low = ((distance - _HALF) * inverse) >> ARGUMENT_SHIFT
                    above += weight * np.int64(gauss_share(high, table))
                    below += weight * np.int64(gauss_share(low, table))
                upper = cumulative_share(above, spread) if point < reach else spread
                lower = cumulative_share(below, spread) if point > -reach else np.int64(0)
                mantissa *= upper - lower + 1
                shift = _excess(mantissa)
                mantissa >>= shift
                exponent += shift
            mantissas[item, column], exponents[item, column] = mantissa, exponent


@compiled()
def shares_of_products(mantissas: Any, exponents: Any, total: int, out: Any) -> None:
    """Integers in proportion to mantissa * 2^exponent; each row of out (n, A) sums to `total`.

    What the divisions leave over goes to the largest, the lower index among equals.
    """
    for row in range(mantissas.shape[0]):
        top = exponents[row, 0]
        for column in range(1, mantissas.shape[1]):
            top = max(top, exponents[row, column])
        norm, best, largest = np.int64(0), 0, np.int64(-1)
        for column in range(mantissas.shape[1]):
            value = mantissas[row, column] >> min(top - exponents[row, column], 63)
            out[row, column] = value
            norm += value
            if value > largest:
                best, largest = column, value
        left = np.int64(total)
        for column in range(mantissas.shape[1]):
            share = (np.int64(out[row, column]) * total) // norm
            out[row, column] = share
            left -= share
        out[row, best] += left
