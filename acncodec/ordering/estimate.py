"""What an order will cost in latents, estimated on a sample before anything is coded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.latent_space import LatentPrices
from acncodec.ordering.neighbours import nearest_to
from acncodec.ordering.schedule import Schedule, iid_schedule

Ints = NDArray[np.int64]

SAMPLE = 2000
NEAREST_SAMPLE = 500


def sampled_latents(
    prices: LatentPrices, codes: Ints, seed: int, most: int = SAMPLE
) -> tuple[Ints, Ints]:
    """At most `most` items of codes (N, *shape), and one latent of each: int64 (n,) and
    (n, *shape)."""
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(len(codes), min(len(codes), most), replace=False))
    return rows, prices.sample(codes[rows], seed)


def _bits_after(prices: LatentPrices, z: Ints, parents: Ints) -> float:
    """-log2 p(z|c') of latents given the codes c' of as many parents, summed."""
    return float(prices.given(z, parents, np.arange(len(z))).sum())


def nearest_latent_bits(prices: LatentPrices, codes: Ints, seed: int) -> float:
    """Estimated KL bits of all items, codes (N, *shape), each after the one that is nearest to
    it: what a tour could cost if it had not to visit all. At most 500 are tried."""
    if len(codes) < 2:
        return 0.0
    rows, z = sampled_latents(prices, codes, seed, NEAREST_SAMPLE)
    near = nearest_to(prices.points(codes), rows)
    bits = _bits_after(prices, z, codes[near]) / len(rows)
    return (bits - prices.posterior_bits) * len(codes)


def alone_latent_bits(prices: LatentPrices, codes: Ints, seed: int) -> float:
    """Estimated KL bits of all items, codes (N, *shape), each for itself; at most 2,000 are
    tried."""
    sizes = (len(codes),) if len(codes) else ()
    return schedule_latent_bits(prices, codes, iid_schedule(sizes), seed)


def schedule_latent_bits(prices: LatentPrices, codes: Ints, schedule: Schedule, seed: int) -> float:
    """Estimated KL bits of all items; codes (N, *shape) in decoding order; at most 2,000 are
    tried."""
    count = len(codes)
    if not count:
        return 0.0
    rows, z = sampled_latents(prices, codes, seed)
    parents = schedule.parents[rows]
    has = parents >= 0
    total = float(prices.unconditional(z[~has]).sum()) if not has.all() else 0.0
    if has.any():
        total += _bits_after(prices, z[has], codes[parents[has]])
    return (total / len(rows) - prices.posterior_bits) * count
