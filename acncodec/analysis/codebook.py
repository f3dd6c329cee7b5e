"""The codebook of a model that has one: its maps of codes, a colour for each code, and how evenly
images take them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.analysis.projections import principal_components
from acncodec.contracts.codebook import Codebook
from acncodec.errors import ModelError
from acncodec.latents.code_maps import CodeMaps
from acncodec.learning.codebook import perplexity
from acncodec.models.frozen import FrozenModel

DARKEST, LIGHTEST = 20, 235


def maps_of(model: FrozenModel) -> CodeMaps:
    """The latents of a model whose codes are maps of indexes. Raises `ModelError` for others."""
    latents = model.latents
    if not isinstance(latents, CodeMaps):
        raise ModelError(f"the codes of model {model.name} are no maps of indexes into a codebook")
    return latents


def codebook_of(model: FrozenModel) -> Codebook:
    """The codebook of a model that has one. Raises `ModelError` for others."""
    if model.codebook is None:
        raise ModelError(f"model {model.name} has no codebook")
    return model.codebook


def code_colours(codebook: NDArray[Any]) -> NDArray[np.uint8]:
    """A colour for each vector of a codebook (K, E), uint8 (K, 3): like ones have like colours.

    Red, green and blue are its places, evenly spread, along the first three principal components.
    """
    count = min(3, *codebook.shape)
    points = principal_components(codebook.astype(np.float64), count).points
    places = points.argsort(0, kind="stable").argsort(0) / max(1, len(codebook) - 1)
    colours = np.full((len(codebook), 3), (DARKEST + LIGHTEST) // 2, np.uint8)
    colours[:, :count] = np.rint(DARKEST + places * (LIGHTEST - DARKEST))
    return colours


@dataclass(frozen=True)
class Taken:
    """How many vectors a codebook has, and the perplexity of those that images take: exp of the
    entropy of how often each is taken, at most their number."""

    vectors: int
    perplexity: float


def taken(model: FrozenModel, codes: NDArray[np.int64]) -> Taken | None:
    """How images of the exact codes (N, *shape) take the codebook, be it that of their maps or the
    one that their latents are quantised by; None where there is no codebook."""
    codebook = model.codebook
    if codebook is None:
        return None
    count, found = len(codebook.codebook), codebook.nearest(codes)
    return Taken(count, perplexity(torch.from_numpy(np.bincount(found.ravel(), minlength=count))))
