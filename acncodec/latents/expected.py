"""What a latent of the Gaussian grid is expected to cost, for every pair of items: a table.

The conditional prior factorises over dimensions and the posterior is one fixed table around the
code, so that E_{z ~ q(.|c)}[-log2 p(z|c')] is a sum over d of a number that depends on the
parent, on d and on c_d alone. A tour must be chosen by this expectation: costs of one sampled
latent can be fitted to the sample, and a fresh latent then costs much more.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from acncodec.arithmetic.gaussians import (
    COEFFICIENT_BITS,
    mixture_log_densities,
    posterior_frequencies,
)
from acncodec.arithmetic.tables import (
    GRID_BITS,
    INVERSE_BITS,
    LOGIT_BITS,
    NOISE_REACH,
    TOTAL,
    tables,
)
from acncodec.contracts.expected_costs import UNITS, ExpectedCosts
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MAX_TABLE_BYTES = 1 << 30
NOISES = 32
"""Latents for the part of an unconditional cost that has no closed form."""
PARENTS = 250
"""Parents whose frequencies are computed at once."""


def _log_densities(mixture: ExactMixture, z: Ints) -> Floats:
    """log w_k p(z|k) up to a common constant, in nats, (n, K), of grid points (n, D)."""
    energies = np.empty((len(z), mixture.components), np.int64)
    mixture_log_densities(
        z, mixture.coefficients, mixture.offsets, mixture.inverses, mixture.constants, energies
    )
    return energies / 2.0**LOGIT_BITS


def unconditional_units(mixture: ExactMixture, codes: Ints, variance: float) -> Ints:
    """Expected cost of latents around codes (N, D) by the unconditional prior, int64 (N,).

    variance: that of the posterior's table, in grid steps squared. The expectation is exact
    within a component. With E_k the expected log density of component k, weight included, and
    s = softmax(E), E[-log p(z)] is -log sum exp E less what Jensen's inequality loses,
    E[KL(s || p(k|z))]; that small rest is a mean over a few latents, with one noise for all items.
    """
    # The noise of z_d and, through the regression, that of the dimensions before it.
    inverse = mixture.inverses / 2.0**INVERSE_BITS
    carried = np.tril((mixture.coefficients / 2.0**COEFFICIENT_BITS) ** 2, -1).sum(2)
    spread = 0.5 * variance * (inverse**2 * (1.0 + carried)).sum(1)
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((NOISES, codes.shape[1])) * math.sqrt(variance)
    cell = codes.shape[1] * (0.5 * math.log(2 * math.pi) + GRID_BITS * math.log(2))
    units = np.empty(len(codes), np.int64)
    for start in range(0, len(codes), PARENTS):
        rows = codes[start : start + PARENTS]
        logs = _log_densities(mixture, rows) - spread
        total = logsumexp(logs, 1)
        shares = np.exp(logs - total[:, None])
        rest = np.zeros(len(rows))
        for offset in np.rint(noise).astype(np.int64):
            drawn = _log_densities(mixture, rows + offset)
            drawn -= logsumexp(drawn, 1)[:, None]
            rest += (shares * (logs - total[:, None] - drawn)).sum(1) / NOISES
        units[start : start + PARENTS] = np.rint((cell - total - rest) / math.log(2) * UNITS)
    return units


def _sizes(spans: Ints, stride: int) -> Ints:
    """Entries a dimension when every `stride`-th of `spans` (D,) codes is tabulated."""
    sizes: Ints = (spans - 1 + stride // 2) // stride + 1
    return sizes


def _stride(spans: Ints, count: int, max_bytes: int) -> int:
    """The step between the tabulated codes: 1, unless the table would be too large."""
    stride = 1
    while 2 * count * int(_sizes(spans, stride).sum()) > max_bytes and stride < spans.max():
        stride *= 2
    return stride


def expected_costs(
    mixture: ExactMixture, prior: ExactPrior, codes: Ints, max_bytes: int = MAX_TABLE_BYTES
) -> ExpectedCosts:
    """Tabulate the costs of all pairs of codes, int64 (N, D) in grid steps.

    A table that would exceed `max_bytes` holds every second (fourth, ...) code, and the others
    take the nearest entry. Time in N R, memory 2 N R bytes, with R the sum of the codes' spans.
    """
    count, dim = codes.shape
    posterior = posterior_frequencies(NOISE_REACH, tables().gauss)
    share = posterior / TOTAL
    offsets = np.arange(-NOISE_REACH, NOISE_REACH + 1)
    entropy = -float((share * np.log2(share)).sum()) * dim
    alone = unconditional_units(mixture, codes, float((share * offsets**2).sum()))
    if not count:
        nothing = np.zeros((0, dim), np.int32)
        return ExpectedCosts(np.zeros((0, 0), np.uint16), nothing, alone, entropy)
    low, spans = codes.min(0), np.ptp(codes, axis=0) + 1
    stride = _stride(spans, count, max_bytes)
    sizes = _sizes(spans, stride)
    ends = np.cumsum(sizes)
    columns = (ends - sizes) + (codes - low + stride // 2) // stride
    reach, windows = prior.reach, []
    for first, size in zip(low.tolist(), sizes.tolist(), strict=True):
        at = np.arange(first - NOISE_REACH, first + stride * (size - 1) + NOISE_REACH + 1)
        band = np.zeros((len(at), size))
        for column in range(size):
            band[stride * column : stride * column + len(posterior), column] = posterior
        windows.append((at.clip(-reach, reach) + reach, band))
    table = np.empty((count, int(ends[-1])), np.uint16)
    for start in range(0, count, PARENTS):
        rows = slice(start, start + PARENTS)
        frequencies = prior.distribution(codes[rows]).frequencies()
        # Integers times integers: these products are exact, whatever computes them.
        bits = np.rint(-np.log2(frequencies / TOTAL) * UNITS).reshape(-1, dim, 2 * reach + 1)
        for d, (at, band) in enumerate(windows):
            table[rows, ends[d] - sizes[d] : ends[d]] = np.rint(bits[:, d, at] @ band / TOTAL)
    return ExpectedCosts(table, columns.astype(np.int32), alone, entropy)
