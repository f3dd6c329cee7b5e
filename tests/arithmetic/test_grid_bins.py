"""Points of the grid under mixtures: a distribution, and the one whose rows are tabulated."""

from __future__ import annotations

import numpy as np
import pytest
from distribution_contract import DistributionContract

from acncodec.arithmetic.gaussians import WEIGHT_BITS, soft_maximum
from acncodec.arithmetic.grid_bins import GridBins, Mixtures
from acncodec.arithmetic.tables import tables

REACH = 90


def mixtures(count: int, components: int) -> Mixtures:
    """Narrow, wide and far ones."""
    rng = np.random.default_rng(components)
    weights = np.empty((count, components), np.int64)
    logits = rng.integers(-9000, 9000, weights.shape)
    soft_maximum(logits, 1 << WEIGHT_BITS, tables().exp, weights)
    means = rng.integers(-(2 * REACH << 8), 2 * REACH << 8, weights.shape)
    return Mixtures(weights, means, rng.integers(1000, 262_144, weights.shape))


class TestMixturesOfMany(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> GridBins:
        return GridBins(Mixtures(*(part[rows] for part in mixtures(30, 8))), REACH)


class TestOneGaussian(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> GridBins:
        return GridBins(Mixtures(*(part[rows] for part in mixtures(30, 1))), REACH)


class TestGridOfOnePoint(DistributionContract):
    def distribution(self, rows: slice = slice(None)) -> GridBins:
        return GridBins(Mixtures(*(part[rows] for part in mixtures(3, 2))), 0)


@pytest.mark.parametrize("more", [1, 5])
def test_a_gaussian_of_weight_0_is_none(more: int) -> None:
    one = mixtures(20, 1)
    padded = Mixtures(*(np.pad(part, ((0, 0), (0, more))) for part in one))
    rows = GridBins(one, REACH).frequencies()
    assert np.array_equal(GridBins(padded, REACH).frequencies(), rows)
