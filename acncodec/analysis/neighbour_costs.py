"""What a latent costs when a near neighbour's code prices it (Graves et al. 2018, Table 2)."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.costs import FloatModel, Samples
from acncodec.errors import DataError

Floats = NDArray[np.float64]


def nearest_codes(codes: Floats, count: int) -> NDArray[np.int64]:
    """The `count` nearest other codes of each of codes (N, D), nearest first; (N, count).

    Raises `DataError` when there are not that many others.
    """
    if len(codes) <= count:
        raise DataError(f"{len(codes)} images are too few for {count} neighbours")
    wanted = codes.astype(np.float32)
    _, rows = faiss.knn(wanted, wanted, count + 1)
    other = rows != np.arange(len(codes))[:, None]
    # Where equal codes crowded a code out of its own list, the farthest one goes instead.
    other[other.all(1), -1] = False
    found: NDArray[np.int64] = rows[other].reshape(len(codes), count)
    return found


def neighbour_kl(model: FloatModel, samples: Samples, count: int) -> Floats:
    """KL(q || p(z|c')) in nats, c' one of the `count` nearest codes: the mean over them all.

    Returns (S, N), as the samples are. Each term is one sample's estimate.
    """
    near = nearest_codes(samples.codes, count)
    kl: Floats = np.mean(
        [
            [model.conditional_kl(z, samples.codes[near[:, place]]) for z in samples.z]
            for place in range(count)
        ],
        axis=0,
    )
    return kl
