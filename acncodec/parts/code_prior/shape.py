"""The sizes of the prior of maps of codes; no torch here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from acncodec.errors import ModelError

MOST_CODES: Final = 256
"""The categorical head (`heads.categorical`), which takes a library, has no more alternatives."""


@dataclass(frozen=True)
class CodePriorConfig:
    """A gated PixelCNN (`parts.gated_pixelcnn.shape`) over maps of one size.

    height, width: of the map; codes: K, values that a place may have; features: P, planes that
    stand for such a value. Raises `ModelError` for a number of codes that the head does not take.
    """

    height: int
    width: int
    codes: int
    features: int
    decoder_filters: int
    decoder_blocks: int
    head_filters: int
    vertical_kernel: tuple[int, int] = (2, 3)
    horizontal_kernel: int = 2
    input_vertical_kernel: tuple[int, int] = (2, 5)
    input_horizontal_kernel: int = 2

    def __post_init__(self) -> None:
        if not 2 <= self.codes <= MOST_CODES:
            raise ModelError(f"codes is {self.codes}: a codebook has 2 to {MOST_CODES} vectors")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(1, rows, columns) of a map."""
        return (1, self.height, self.width)

    @property
    def planes(self) -> int:
        """Planes that the network sees: P, and one that is 1 inside the map."""
        return self.features + 1
