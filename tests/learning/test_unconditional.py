"""The unconditional prior: fitted to samples, its size picked on validation codes."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.analysis.costs import FullMixture
from acncodec.learning.unconditional import fit_unconditional


def clusters(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = np.array([[-12.0, 0.0], [12.0, 3.0], [0.0, 15.0]])
    return (centres[rng.integers(3, size=count)] + rng.normal(size=(count, 2))).astype(np.float32)


def test_the_fit_prices_latents_not_bare_codes() -> None:
    fit = fit_unconditional(clusters(3000, 0), clusters(1000, 1), seed=0, counts=(1, 3, 30))
    assert min(fit.valid_nats, key=lambda count: fit.valid_nats[count]) == len(fit.weights) == 3
    # Codes scatter by one around their centres, latents by one more.
    variances = np.linalg.eigvalsh(fit.covariances)
    assert variances == pytest.approx(2.0, abs=0.35)
    rng = np.random.default_rng(2)
    z = clusters(4000, 3) + rng.normal(size=(4000, 2))
    density = FullMixture(fit.weights, fit.means, fit.covariances).log_prob(z.astype(np.float64))
    truth = np.log(3) + np.log(2 * np.pi * 2) + 1
    assert -density.mean() == pytest.approx(truth, abs=0.05)


def test_the_search_stops_at_the_first_count_that_is_worse() -> None:
    fit = fit_unconditional(clusters(200, 0), clusters(2000, 1), seed=0, counts=(3, 40, 45))
    assert list(fit.valid_nats) == [3, 40] and len(fit.weights) == 3
