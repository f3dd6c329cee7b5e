"""The codebook of a model that has one: its maps of codes, and a colour for each code."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.projections import principal_components
from acncodec.errors import ModelError
from acncodec.latents.code_maps import CodeMaps
from acncodec.models.frozen import FrozenModel

DARKEST, LIGHTEST = 20, 235


def maps_of(model: FrozenModel) -> CodeMaps:
    """The latents of a model with a codebook. Raises `ModelError` for other models."""
    latents = model.latents
    if not isinstance(latents, CodeMaps):
        raise ModelError(f"model {model.name} has no codebook: its codes are no maps of indexes")
    return latents


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
