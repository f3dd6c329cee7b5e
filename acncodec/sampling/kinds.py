"""What images a model draws: their size, one that was asked for or that of its card, and levels."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import ModelError
from acncodec.families.family import LIKELIHOOD
from acncodec.models.frozen import FrozenModel

USUAL_LEVELS: Final = 256
"""Of a model that takes any, and whose card does not say what it was trained on."""


def kind_to_draw(model: FrozenModel, size: tuple[int, int] | None = None) -> ImageKind:
    """Images of `size` (height, width); without, of the size that the model takes, else of that of
    its training data, whose number of levels they have too.

    Raises `ModelError` where no size is known, or the model does not take this one.
    """
    accepts, trained = model.accepts, _training_shape(model)
    wanted = size or accepts.size or trained
    if wanted is None:
        raise ModelError(
            f"model {model.name} takes images of any size, and its card does not say of which it "
            "was trained: say one (--size)"
        )
    if accepts.size not in (None, wanted):
        raise ModelError(f"model {model.name} draws {accepts.about}")
    levels = accepts.levels or _number(_training_data(model).get("levels"), 2) or USUAL_LEVELS
    return ImageKind(accepts.channels, levels, wanted)


def levels_drawn(model: FrozenModel, kind: ImageKind) -> int:
    """How many levels images have that the model draws: those of `kind`, or of its renderer where
    it has no likelihood. Raises `ModelError` where they are not said."""
    levels = kind.levels if model.can(LIKELIHOOD) else model.renderer.levels
    if levels is None:
        raise ModelError(f"model {model.name} takes any levels; how many there are is not said")
    return levels


def at_levels(pixels: NDArray[Any], levels: int, wanted: int) -> NDArray[Any]:
    """Level indexes of so many levels among as many as are wanted, to stand beside such images."""
    if levels == wanted:
        return pixels
    scaled = pixels.astype(np.float64) * (wanted - 1) / (levels - 1)
    return np.rint(scaled).astype(np.uint8 if wanted <= 256 else np.uint16)


def _training_data(model: FrozenModel) -> dict[str, Any]:
    about = model.card.get("training_data")
    return about if isinstance(about, dict) else {}


def _training_shape(model: FrozenModel) -> tuple[int, int] | None:
    shape = _training_data(model).get("shape")
    sides = [_number(side, 1) for side in shape] if isinstance(shape, list) else []
    if len(sides) != 3 or None in sides:
        return None
    _, height, width = sides
    return None if height is None or width is None else (height, width)


def _number(value: object, least: int) -> int | None:
    """A number of levels or pixels, as a card may have one; None for anything else."""
    return value if type(value) is int and least <= value <= 65_536 else None
