"""The unconditional prior p(z): a full-covariance Gaussian mixture fitted by EM."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

Floats = NDArray[np.float64]
COUNTS = (10, 25, 50, 100, 200, 300)


@dataclass(frozen=True, eq=False)
class GaussianMixtureFit:
    """weights (K,), means (K, D), covariances (K, D, D); the picking curve by count, nats."""

    weights: Floats
    means: Floats
    covariances: Floats
    valid_nats: dict[int, float]


def fit_unconditional(
    codes: NDArray[np.float32],
    valid_codes: NDArray[np.float32],
    seed: int,
    counts: Sequence[int] = COUNTS,
) -> GaussianMixtureFit:
    """Fit p(z) to samples z = c + N(0, I) of the training codes (N, D).

    The component count is the one of `counts` with the smallest cost -log p(z) on samples
    of the validation codes; the search stops at the first count that is worse.
    """
    rng = np.random.default_rng(seed)
    samples = codes + rng.standard_normal(codes.shape)
    valid = valid_codes + rng.standard_normal(valid_codes.shape)
    best: GaussianMixture | None = None
    curve: dict[int, float] = {}
    for count in counts:
        if count * 4 > len(samples) and best is not None:
            break
        state = seed % 2**32  # scikit-learn takes no more
        mixture = GaussianMixture(
            max(1, min(count, len(samples) // 2)), covariance_type="full", tol=3e-3, max_iter=60,
            reg_covar=1e-3, init_params="k-means++", random_state=state,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(samples)
        cost = -float(mixture.score(valid))
        improved = not curve or cost < min(curve.values())
        curve[count] = round(cost, 4)
        if not improved:
            break
        best = mixture
    if best is None:
        raise ValueError("counts is empty")
    return GaussianMixtureFit(best.weights_, best.means_, best.covariances_, curve)
