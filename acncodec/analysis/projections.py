"""Codes in two dimensions: principal components, and t-SNE."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from acncodec.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Components:
    """points: (N, count); shares: (count,), of the variance that each component explains."""

    points: Floats
    shares: Floats


def principal_components(
    codes: NDArray[np.floating], count: int = 2, solver: str = "full"
) -> Components:
    """The first principal components of codes (N, D), each with its largest loading positive.

    solver: scikit-learn's; `covariance_eigh` is fast where codes are far more than dimensions.
    Raises `DataError` if there are fewer images, or dimensions, than components.
    """
    if min(codes.shape) < count:
        raise DataError(f"{len(codes)} codes of {codes.shape[1]} dimensions have no {count} axes")
    fit = PCA(count, svd_solver=solver)
    points = fit.fit_transform(codes.astype(np.float64))
    largest = np.abs(fit.components_).argmax(1)
    signs = np.sign(fit.components_[np.arange(count), largest])
    return Components(points * np.where(signs == 0.0, 1.0, signs), fit.explained_variance_ratio_)


def tsne(codes: NDArray[np.floating], perplexity: float, seed: int) -> Floats:
    """t-SNE of codes (N, D), float64 (N, 2), from a start at the principal components.

    Raises `DataError` if there are too few codes for the perplexity.
    """
    if len(codes) <= 3.0 * perplexity:
        raise DataError(
            f"{len(codes)} images are too few for a perplexity of {perplexity:g}; take at most a"
            " third of their number (--perplexity)"
        )
    state = seed % 2**32  # scikit-learn takes no more
    fit = TSNE(2, perplexity=perplexity, init="pca", learning_rate="auto", random_state=state)
    points: Floats = fit.fit_transform(codes.astype(np.float32)).astype(np.float64)
    return points
