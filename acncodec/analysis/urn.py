"""The urn by the float networks, and each step from there to integers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.analysis.breakdown import GRID, bin_log2, real_mixture
from acncodec.analysis.costs import FloatModel, Samples
from acncodec.analysis.gaussian import gaussian_prices
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.contracts.latent_space import LatentPrices, UrnRule
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.urn import urn_bits
from acncodec.parts.prior_network.net import POSTERIOR_ENTROPY, Mixture

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LogDensity = Callable[[Mixture, torch.Tensor], torch.Tensor]
NATS = math.log(2)
PART = 100


def candidates(prices: LatentPrices, z: Ints, codes: Ints, starts: Ints) -> Ints:
    """The earlier items that may explain each latent z (n, D), as in the codec.

    codes: int64 (N, D) in decoding order; starts: (n,), how many come before each item. Returns
    int64 (n, S), filled up with -1.
    """
    found = []
    for start in np.unique(starts[starts > 0]):
        here = np.flatnonzero(starts == start)
        found.append((here, prices.near(z[here], codes, np.arange(start))))
    out = np.full((len(z), max((part.shape[1] for _, part in found), default=0)), -1, np.int64)
    for here, part in found:
        out[here, : part.shape[1]] = part
    return out


def earlier_log2(given: Mixture, z: Floats, chosen: Ints, density: LogDensity) -> Floats:
    """log2 of the sum of p(z|c_j) over each item's candidates `chosen` (n, S); -inf for none.

    given: the mixtures of all N items, (N, D, M); z: (n, D); density: log2 of n densities.
    """
    out = np.empty(len(z))
    for start in range(0, len(z), PART):
        picked = chosen[start : start + PART]
        rows = torch.from_numpy(picked.clip(0).ravel())
        latents = torch.from_numpy(z[start : start + PART]).repeat_interleave(picked.shape[1], 0)
        logs = density(Mixture(*(part[rows] for part in given)), latents).numpy()
        masked = np.where(picked >= 0, logs.reshape(picked.shape), -math.inf)
        out[start : start + PART] = np.logaddexp2.reduce(masked, 1)
    return out


def _log2_density(mixture: Mixture, z: torch.Tensor) -> torch.Tensor:
    return mixture.log_prob(z) / NATS


def float_mixtures(floats: FloatModel, codes: Floats, rule: UrnRule) -> Mixture:
    """What stands for items with these codes, real (N, D), under `rule`."""
    if not rule.kernel:
        return floats.mixtures(codes)
    means = torch.from_numpy(codes)[..., None]
    return Mixture(torch.zeros_like(means), means, torch.full_like(means, rule.kernel / GRID))


def urn_kl(
    floats: FloatModel, samples: Samples, codes: Ints, rule: UrnRule, order: Ints, starts: Ints
) -> Floats:
    """KL of each sample and item, nats, (S, N), by the float model.

    codes: the exact codes (N, D), which find the candidates; order: (N,), the item at each
    position; starts: (N,), how many positions come before the item at each.
    """
    given = float_mixtures(floats, samples.codes[order], rule)
    entropy = POSTERIOR_ENTROPY * codes.shape[1]
    out = np.empty(samples.unconditional_kl_nats.shape)
    for row, latents, lone in zip(out, samples.z, samples.unconditional_kl_nats, strict=True):
        z = latents[order]
        on_grid = np.rint(z * GRID).astype(np.int64)
        chosen = candidates(floats.prices, on_grid, codes[order], starts)
        fresh = -(lone[order] + entropy) / NATS
        earlier = earlier_log2(given, z, chosen, _log2_density)
        row[order] = urn_bits(fresh, earlier, starts, rule.alpha) * NATS - entropy
    return out


class UrnSteps:
    """The bits of latents on the way from the float urn to the integer one.

    real, codes: float and exact codes (N, D) of all items in decoding order; rows: (n,), the
    positions that are measured; starts: (n,), how many positions come before each.
    """

    def __init__(
        self, model: FrozenModel, floats: FloatModel, rule: UrnRule, real: Floats, codes: Ints,
        starts: Ints,
    ) -> None:  # fmt: skip
        self._floats, self._rule = floats, rule
        self._real, self._codes, self._starts = real, codes, starts
        self._prices = gaussian_prices(model)
        self._urn = model.latents.urn(rule, len(codes))
        self._urn.add(codes)

    def __call__(self, z_real: Floats, z: Ints) -> Floats:
        """Bits, summed, of latents (n, D): continuous KL; then, with the posterior's entropy
        not yet taken off, float networks on the grid, integer networks, integer frequencies."""
        floats, rule, starts, dim = self._floats, self._rule, self._starts, z.shape[1]
        chosen = candidates(self._prices, z, self._codes, starts)
        entropy = POSTERIOR_ENTROPY * dim
        cells = GRID_BITS * dim

        def total(fresh: Floats, earlier: Floats) -> float:
            return float(urn_bits(fresh, earlier, starts, rule.alpha).sum())

        def log_prob(latents: Floats) -> Floats:
            logs: Floats = -(floats.unconditional_kl(latents) + entropy) / NATS
            return logs

        real = float_mixtures(floats, self._real, rule)
        on_grid = float_mixtures(floats, self._codes / GRID, rule)
        pool = self._prices.pool(self._codes, rule.kernel)
        integers = real_mixture(pool.weights, pool.means, pool.inverses)
        rounded = np.rint(z_real * GRID).astype(np.int64)
        near = candidates(self._prices, rounded, self._codes, starts)
        continuous = total(log_prob(z_real), earlier_log2(real, z_real, near, _log2_density))
        masses = (earlier_log2(given, z / GRID, chosen, bin_log2) for given in (on_grid, integers))
        return np.array([
            continuous - len(z) * entropy / NATS,
            total(log_prob(z / GRID) - cells, next(masses)),
            total(-self._prices.unconditional(z), next(masses)),
            self._coded(z),
        ])  # fmt: skip

    def _coded(self, z: Ints) -> float:
        bits = 0.0
        for start in np.unique(self._starts):
            lot = z[self._starts == start]
            rows = slice(int(start), int(start) + len(lot))
            bits += self._urn.of(rows, np.arange(start)).bits(lot)
        return bits
