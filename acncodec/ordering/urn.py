"""Which urn suits a set of codes, and what it will cost, estimated before anything is coded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.latent_space import LatentPrices, UrnRule
from acncodec.ordering.estimate import sampled_latents

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ALPHAS = (1, 10, 100, 1_000, 10_000, 100_000)
"""The weights of the unconditional prior that are tried: from an urn that rests on what it has
seen to one that hardly looks at it."""
HEADER_BITS = 160.0
"""What an urn's keys and its additional batches add to the header, about; without a gain beyond
it, a plain set is cheaper."""
TRIED = 500
"""Of the sampled items as many are tried in urns. What an urn saves against no urn varies far less
from item to item than what a latent costs; so few of them tell the one, and all the other."""


def choose_urn(
    prices: LatentPrices,
    codes: Ints,
    sizes: tuple[int, ...],
    seed: int,
    alphas: Sequence[int] = ALPHAS,
    kernels: Sequence[int] | None = None,
) -> tuple[UrnRule, float]:
    """The cheapest rule and its estimated KL bits over all items, without the order's refund.

    codes: int64 (N, *shape) in canonical order; sizes: batch sizes in decoding order; kernels:
    those of the latent space by default. What the items of `schedule_latent_bits` cost without an
    urn, and what some of them, each among a random choice of earlier ones, cost less in one.
    """
    kernels = prices.kernels if kernels is None else kernels
    best = UrnRule(alphas[0], kernels[0])
    if not len(codes):
        return best, HEADER_BITS
    rows, z = sampled_latents(prices, codes, seed)
    alone = prices.unconditional(z)
    tried = _tried(prices, codes, rows, z, alone, sizes, seed)
    lowest = math.inf
    for kernel in kernels:
        earlier = _earlier_log2(prices, codes, tried, kernel)
        for alpha in alphas:
            more = float((urn_bits(tried.fresh, earlier, tried.counts, alpha) + tried.fresh).mean())
            if more < lowest:
                best, lowest = UrnRule(alpha, kernel), more
    bits = float(alone.mean()) + lowest - prices.posterior_bits
    return best, bits * len(codes) + HEADER_BITS


def urn_bits(fresh: Floats, earlier: Floats, counts: Ints, alpha: float) -> Floats:
    """-log2 of (alpha p(z) + sum of p(z|c_j)) / (alpha + count) for each item, (n,).

    fresh: log2 p(z); earlier: log2 of the sum over earlier items, -inf for none; counts: how
    many those are; all (n,).
    """
    bits: Floats = np.log2(alpha + counts) - np.logaddexp2(math.log2(alpha) + fresh, earlier)
    return bits


@dataclass(frozen=True, eq=False)
class _Tried:
    """Latents to price in urns. z: int64 (n, *shape); fresh: (n,), log2 p(z) without an urn;
    counts: int64 (n,), how many items are earlier; near: int64 (n, S), those of them that may
    explain the latent, -1 where there are fewer."""

    z: Ints
    fresh: Floats
    counts: Ints
    near: Ints


def _tried(
    prices: LatentPrices, codes: Ints, rows: Ints, z: Ints, alone: Floats, sizes: tuple[int, ...],
    seed: int,
) -> _Tried:  # fmt: skip
    """`TRIED` of the sampled `rows`, spread evenly, and what is near to them in a random order."""
    some = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), TRIED)).astype(np.int64))
    rows, z = rows[some], z[some]
    counts = np.zeros(len(rows), np.int64)
    found = []
    for chosen, before in _batches(len(codes), rows, sizes, seed):
        counts[chosen] = len(before)
        if len(before):
            found.append((chosen, before[prices.near(z[chosen], codes, before)]))
    near = np.full((len(rows), max((part.shape[1] for _, part in found), default=0)), -1, np.int64)
    for chosen, part in found:
        near[chosen, : part.shape[1]] = part
    return _Tried(z, -alone[some], counts, near)


def _earlier_log2(prices: LatentPrices, codes: Ints, tried: _Tried, kernel: int) -> Floats:
    """log2 of the sum of p(z|c_j) over what may explain each latent; -inf for none. (n,)."""
    known = tried.near >= 0
    needed, parents = np.unique(tried.near[known], return_inverse=True)
    logs = np.full(tried.near.shape, -math.inf)
    if len(needed):
        items = np.nonzero(known)[0]
        logs[known] = -prices.given(tried.z[items], codes[needed], parents, kernel)
    earlier: Floats = np.logaddexp2.reduce(logs, 1)
    return earlier


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
