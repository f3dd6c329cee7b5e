"""Part of `second_reader`: the sizes and layers of a network of two stacks (7.3, 7.4)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stacks:
    """A decoder, or the prior of maps, by its config."""

    name: str
    """That its layers and scales begin with."""
    height: int
    width: int
    planes: int
    """Entries of a place of what it sees."""
    condition: int
    """Entries of s at a place (9.3)."""
    filters: int
    blocks: int
    head: int
    input_vertical: list[int]
    input_horizontal: int
    vertical: list[int]
    horizontal: int

    def shapes(self) -> dict[str, tuple[int, int]]:
        """Outputs and inputs of its layers, but for those behind the head."""
        F, S = self.filters, self.condition
        shapes = {
            "vertical_in": (F, math.prod(self.input_vertical) * self.planes),
            "horizontal_in": (F, self.input_horizontal * self.planes),
            "head": (self.head, F),
        }
        for i in range(self.blocks):
            shapes[f"{i}.vertical"] = (2 * F, math.prod(self.vertical) * F + S)
            shapes[f"{i}.horizontal"] = (2 * F, (self.horizontal + 1) * F + S)
            shapes[f"{i}.residual"] = (F, F)
        return {f"{self.name}.{layer}": shape for layer, shape in shapes.items()}


def decoder_stacks(g: dict[str, Any], planes: int) -> Stacks:
    """The decoder, which sees so many planes of an image."""
    return Stacks(
        "decoder", g["height"], g["width"], planes, g.get("condition_channels", 0),
        g["decoder_filters"], g["decoder_blocks"], g["head_filters"],
        g["input_vertical_kernel"], g["input_horizontal_kernel"],
        g["vertical_kernel"], g["horizontal_kernel"],
    )  # fmt: skip
