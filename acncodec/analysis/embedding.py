"""Codes of images: what the encoder makes of a data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.analysis.costs import FloatModel
from acncodec.errors import DataError
from acncodec.images import DataSet
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.run.workers import Workers

Pixels = NDArray[Any]

LABELS = "y"
"""What labels from a file of their own are called."""


@dataclass(frozen=True, eq=False)
class Embedding:
    """The codes c = E_q[z] of N images.

    codes: float32 (N, D) by the float encoder, in posterior standard deviations; grid: int16
    (N, D) by the exact encoder, in grid steps of 1/8, so that grid / 8 is codes rounded. Of a model
    with a codebook codes are its vectors, place after place, and grid their indexes.
    """

    codes: NDArray[np.float32]
    grid: NDArray[np.int16]


def mean_codes(
    model: FrozenModel, pixels: Pixels, levels: int | None = None
) -> NDArray[np.float32]:  # fmt: skip
    """Codes by the float encoder, float32 (N, D), of level indexes (N, C, H, W); of a model with a
    codebook the vectors of the codes, place after place.

    levels: theirs, where the model takes any number of them.

    Fixed batches in one thread: on one machine they come out the same every time. Another
    machine may round otherwise; the exact encoder's codes are the same everywhere.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return FloatModel(model, levels=levels).points(pixels).astype(np.float32)
    finally:
        torch.set_num_threads(threads)


def embed(
    model: FrozenModel, pixels: Pixels, workers: Workers, levels: int | None = None
) -> Embedding:
    """Encode level indexes (N, C, H, W), which the model must fit. levels: theirs, where the model
    takes any number of them."""
    check_products(model)
    grid = encode_images(model, pixels, workers, levels)
    return Embedding(mean_codes(model, pixels, levels), grid.astype(np.int16))


def named_arrays(
    embedding: Embedding, data: DataSet, labels: NDArray[Any] | None
) -> list[tuple[str, NDArray[Any]]]:
    """`codes`, `grid`, all aligned arrays of `data`, and `labels`, if given, in place of its `y`.

    Raises `DataError` if an array of `data` has the name of one of ours.
    """
    ours: list[tuple[str, NDArray[Any]]] = [("codes", embedding.codes), ("grid", embedding.grid)]
    carried = {side.name: side.array for side in data.side if side.aligned}
    if labels is not None:
        carried[LABELS] = labels
    for name, _ in ours:
        if name in carried:
            raise DataError(f"an array is called {name!r}, as the codes are to be")
    return [*ours, *carried.items()]
