"""How far points are from a Gaussian: the energy test of multivariate normality.

Székely and Rizzo (2005, A new test for multivariate normality). With x, x' points made white, of
mean 0 and covariance I, and z, z' draws of N(0, I), the energy distance

    2 E|x - z| - E|x - x'| - E|z - z'|

is 0 for a Gaussian alone, whatever its mean and covariance, and its share of 2 E|x - z| is 0 to 1
in any number of dimensions. Expectations over z are the Gaussian's own, in closed form.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import pdist
from scipy.special import gammaln, hyp1f1

from acncodec.errors import DataError

Floats = NDArray[np.float64]

LEAST_VARIANCE = 1e-9
"""Of the largest variance along an axis; along one of less the points do not vary."""


@dataclass(frozen=True)
class Normality:
    """What the test says of n points.

    Attributes:
        points: n.
        dimensions: D.
        energy: the energy distance to the Gaussian of their mean and covariance.
        share: its share of 2 E|x - z|, 0 to 1: the smaller, the nearer to a Gaussian.
        p_value: the share of samples of a Gaussian, as many points each, that are no nearer to one;
            the points' own counted.
    """

    points: int
    dimensions: int
    energy: float
    share: float
    p_value: float


def normality(points: NDArray[np.floating], seed: int, draws: int = 99) -> Normality:
    """Test points (n, D). draws: Gaussian samples that they are compared with.

    Time and memory are those of n^2 distances. Raises `DataError` where there are too few points,
    or they do not vary in every direction.
    """
    count, dimensions = points.shape
    energy, share = _energy(white(points.astype(np.float64)))
    rng = np.random.default_rng(seed)
    drawn = [_energy(white(rng.standard_normal(points.shape)))[0] for _ in range(draws)]
    at_least = sum(other >= energy for other in drawn)
    return Normality(count, dimensions, energy, share, (1 + at_least) / (1 + draws))


def white(points: Floats) -> Floats:
    """Points (n, D) moved and turned to a mean of 0 and a covariance of I.

    Raises `DataError` as `normality` does.
    """
    count, dimensions = points.shape
    if count <= dimensions + 1:
        raise DataError(f"{count} points of {dimensions} dimensions are too few for a covariance")
    centred = points - points.mean(0)
    variances, axes = np.linalg.eigh(centred.T @ centred / count)
    flat = int((variances <= LEAST_VARIANCE * variances[-1]).sum())
    if flat:
        raise DataError(f"the points vary in {dimensions - flat} of {dimensions} dimensions alone")
    made: Floats = centred @ axes / np.sqrt(variances)
    return made


def _energy(points: Floats) -> tuple[float, float]:
    """The energy distance of white points (n, D) from N(0, I), and its share."""
    count, dimensions = points.shape
    # E|z| of N(0, I), and from there E|x - z| and E|z - z'|.
    length = math.sqrt(2) * math.exp(gammaln((dimensions + 1) / 2) - gammaln(dimensions / 2))
    away = -0.5 * (points**2).sum(1)
    across = 2.0 * length * float(hyp1f1(-0.5, 0.5 * dimensions, away).mean())
    within = 2.0 * float(pdist(points).sum()) / count**2
    energy = across - within - math.sqrt(2) * length
    return energy, energy / across
