"""Freezing the unconditional prior: a Gaussian mixture to integer regressions."""

from __future__ import annotations

import numpy as np

from acncodec.arithmetic.fixed import Floats
from acncodec.arithmetic.gaussians import COEFFICIENT_BITS
from acncodec.arithmetic.tables import FRACTION_BITS, GRID_BITS, INVERSE_BITS, LOGIT_BITS, TOTAL
from acncodec.parts.mixture.exact import ExactMixture


def freeze_mixture(weights: Floats, means: Floats, covariances: Floats, reach: int) -> ExactMixture:
    """The exact copy of the unconditional prior, from (K,), (K, D) and (K, D, D)."""
    count, dim = means.shape
    factors = np.linalg.cholesky(covariances)
    widths = np.diagonal(factors, axis1=1, axis2=2)
    # z - mean = L e gives z_d = mean_d + a_d (z - mean)_<d + L_dd e_d, a = 1 - diag(L) L^-1.
    slopes = np.eye(dim) - widths[:, :, None] * np.linalg.inv(factors)
    coefficients = np.rint(np.tril(slopes, -1) * 2.0**COEFFICIENT_BITS)
    used = coefficients / 2.0**COEFFICIENT_BITS
    offsets = means - np.einsum("kij,kj->ki", used, means)
    shares = np.floor(weights / weights.sum() * (TOTAL - count))
    shares[np.argmax(shares)] += TOTAL - count - shares.sum()
    grid = 1 << GRID_BITS
    log_weights = np.log(np.maximum(weights, 1e-12))
    constants = log_weights - np.log(widths).sum(1)
    return ExactMixture(
        shares.astype(np.int64),
        coefficients.astype(np.int64),
        np.rint(offsets * grid * 2**FRACTION_BITS).astype(np.int64),
        np.rint(2**INVERSE_BITS / (grid * widths)).astype(np.int64),
        np.rint(constants * 2**LOGIT_BITS).astype(np.int64),
        reach,
    )
