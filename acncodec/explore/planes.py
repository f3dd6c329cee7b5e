"""Features of images in a plane: principal components, and t-SNE."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.projections import principal_components, tsne
from acncodec.explore.exploration import Plane

MOST_DIMENSIONS = 50
"""t-SNE looks at so many principal components: distances of more dimensions take long, and hardly
differ (as van der Maaten and Hinton 2008 do, with 30)."""
PERPLEXITY = 30.0
LEAST_FOR_TSNE = 4
"""With fewer images no perplexity is left: it is at most a third of the others."""


def planes_of(features: NDArray[Any], seed: int) -> tuple[Plane, ...]:
    """Principal components of features (N, F), N >= 1, and t-SNE of them if they differ and there
    are enough. The seed is that of t-SNE. In one thread the same features give the same planes."""
    count = len(features)
    if not features.size or (features == features[0]).all():
        return (Plane("PCA", np.zeros((count, 2), np.float32), ("all alike", "")),)
    kept = min(MOST_DIMENSIONS, *features.shape)
    found = principal_components(features.astype(np.float64), kept, "covariance_eigh")
    # A line is a plane too.
    points = np.pad(found.points, ((0, 0), (0, max(0, 2 - kept))))
    shares = (*found.shares[:2], 0.0)
    names = (
        f"component 1, {shares[0]:.0%} of the variance",
        f"component 2, {shares[1]:.0%} of the variance",
    )
    planes = [Plane("PCA", points[:, :2].astype(np.float32), names)]
    if count >= LEAST_FOR_TSNE:
        perplexity = min(PERPLEXITY, (count - 1) / 3)
        planes.append(Plane("t-SNE", tsne(points, perplexity, seed).astype(np.float32)))
    return tuple(planes)
