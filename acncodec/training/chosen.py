"""What is trained: a family, the sizes of its networks, a recipe, and why these."""

from __future__ import annotations

import math
from dataclasses import dataclass

from acncodec.families.config import ModelConfig
from acncodec.families.family import Family
from acncodec.learning.recipe import Recipe


@dataclass(frozen=True)
class Choice:
    """What is trained, and why: a line for each reason."""

    family: Family
    config: ModelConfig
    recipe: Recipe
    why: tuple[str, ...]


def weights_of(family: Family, config: ModelConfig) -> int:
    """Entries of the matrices of a model, which are its multiply-adds a pixel where any size is
    right."""
    return sum(
        math.prod(axis if isinstance(axis, int) else axis.low for axis in spec.shape)
        for spec in family.schema(config)
        if spec.name.endswith(".weight")
    )
