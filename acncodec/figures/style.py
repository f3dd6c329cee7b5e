"""How all figures look: colours, sizes, and how images become ink on paper.

Pixels are drawn as they are, each a square of whole screen pixels (nearest neighbour). The 1s of
a binary image are dark ink, its 0s white paper.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]

PAPER: Final = (255, 255, 255)
TEXT: Final = (38, 38, 38)
FAINT: Final = (110, 110, 110)
LINE: Final = (222, 222, 222)
"""The hairline around each image."""

BLACK: Final = (20, 20, 20)
"""The ink of images from the data."""
BLUE: Final = (0, 68, 136)
"""The ink of images that a model drew, and of neighbours of the query's class."""
RED: Final = (187, 0, 0)
"""The ink of neighbours of another class than the query's."""

CLASSES: Final = (
    *("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6"),
    *("#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd"),
)
"""Ten colours that those with colour vision deficiencies tell apart (Petroff 2021, arXiv
2107.02270)."""

FONT_POINTS: Final = 9.0
TITLE_POINTS: Final = 11.0
DOTS_PER_INCH: Final = 110


def hexadecimal(colour: Colour) -> str:
    """`#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def to_rgb(
    pixels: NDArray[Any], levels: int, ink: Colour = BLACK, *, inked: bool = False
) -> NDArray[np.uint8]:
    """Level indexes (..., C, H, W) as colours, uint8 (..., H, W, 3).

    Binary images of one channel are `ink` on paper, and so are shades of such, if they are said to
    be `inked`. Others are shown as they are, level 0 black; what lets light through, on paper.
    """
    moved = np.moveaxis(pixels, -3, -1)
    if (inked or levels == 2) and moved.shape[-1] == 1:
        mixed = np.rint(np.linspace(PAPER, ink, levels)).astype(np.uint8)
        shown: NDArray[np.uint8] = mixed[moved[..., 0]]
        return shown
    shades: NDArray[np.uint8] = np.rint(np.linspace(0, 255, levels)).astype(np.uint8)[moved]
    if shades.shape[-1] in (2, 4):
        opaque = shades[..., -1:].astype(np.int64)
        sums = shades[..., :-1] * opaque + np.int64(PAPER[0]) * (255 - opaque)
        shades = ((sums + 127) // 255).astype(np.uint8)
    return np.broadcast_to(shades, (*shades.shape[:-1], 3))
