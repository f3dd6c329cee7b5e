"""Which urn suits a set of codes, and what it will cost, estimated before anything is coded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from acncodec.exact.model import FrozenModel
from acncodec.exact.tables import TOTAL
from acncodec.exact.urn import START_BITS, Pool, UrnRule, explain
from acncodec.ordering.estimate import posterior_bits, sampled_latents

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ALPHAS = (1, 10, 100, 1_000, 10_000, 100_000)
"""The weights of the unconditional prior that are tried: from an urn that rests on what it has
seen to one that hardly looks at it."""
KERNELS = (0, 10, 14)
"""The prior network, and Gaussians of 1.25 and 1.75 posterior deviations around a code."""
HEADER_BITS = 160.0
"""What an urn's keys and its additional batches add to the header, about; without a gain beyond
it, a plain set is cheaper."""


def choose_urn(
    model: FrozenModel,
    codes: Ints,
    sizes: tuple[int, ...],
    seed: int,
    alphas: Sequence[int] = ALPHAS,
    kernels: Sequence[int] = KERNELS,
) -> tuple[UrnRule, float]:
    """The cheapest rule and its estimated KL bits over all items, without the order's refund.

    codes: int64 (N, D) in canonical order; sizes: batch sizes in decoding order. The items of
    `schedule_latent_bits` are tried, each among a random choice of earlier ones.
    """
    best, lowest = UrnRule(alphas[0], kernels[0]), math.inf
    for kernel in kernels:
        fresh, earlier, counts = sampled_log2(model, codes, sizes, seed, kernel)
        for alpha in alphas:
            bits = urn_bits(fresh, earlier, counts, alpha).mean() if len(counts) else 0.0
            if bits < lowest:
                best, lowest = UrnRule(alpha, kernel), float(bits)
    return best, (lowest - posterior_bits(codes.shape[1])) * len(codes) + HEADER_BITS


def urn_bits(fresh: Floats, earlier: Floats, counts: Ints, alpha: float) -> Floats:
    """-log2 of (alpha p(z) + sum of p(z|c_j)) / (alpha + count) for each item, (n,).

    fresh: log2 p(z); earlier: log2 of the sum over earlier items, -inf for none; counts: how
    many those are; all (n,).
    """
    bits: Floats = np.log2(alpha + counts) - np.logaddexp2(math.log2(alpha) + fresh, earlier)
    return bits


def sampled_log2(
    model: FrozenModel, codes: Ints, sizes: tuple[int, ...], seed: int, kernel: int
) -> tuple[Floats, Floats, Ints]:
    """What `urn_bits` takes, for a sample of items and one latent of each."""
    rows, z = sampled_latents(model, codes, seed)
    pool = Pool(model.prior_network, codes.shape[1], kernel, len(codes))
    pool.add(codes)
    fresh, earlier = np.empty(len(rows)), np.full(len(rows), -math.inf)
    counts = np.zeros(len(rows), np.int64)
    parts = model.mixture.components
    for chosen, before in _batches(len(codes), rows, sizes, seed):
        found = explain(z[chosen], model.mixture, pool, before, TOTAL, 1 << START_BITS)
        logs = found.log2(codes.shape[1])
        fresh[chosen] = np.logaddexp2.reduce(logs[:, :parts], 1)
        if len(before):
            earlier[chosen] = np.logaddexp2.reduce(logs[:, parts:], 1)
        counts[chosen] = len(before)
    return fresh, earlier, counts


def _batches(
    count: int, rows: Ints, sizes: tuple[int, ...], seed: int
) -> Iterator[tuple[Ints, Ints]]:
    """For each batch of a random order: which of the sampled `rows` are in it, and all items
    that come before it, in canonical order."""
    order = np.random.default_rng(seed).permutation(count)
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    start = 0
    for size in sizes:
        here = place[rows]
        chosen = np.flatnonzero((here >= start) & (here < start + size))
        if len(chosen):
            yield chosen, np.sort(order[:start])
        start += size
