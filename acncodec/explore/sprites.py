"""Sprite sheets: many thumbnails in a few pictures, lossless where that is small enough."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.figures.extras import from_extra
from acncodec.figures.style import BLACK, PAPER, to_rgb

with from_extra("explore", "Pillow"):
    from PIL import Image

LONGEST_SIDE = 4096
"""Of a sheet, in pixels: no browser refuses such pictures."""
LOSSLESS_BYTES = 6 << 20
"""Sheets that take more than this without loss are made with loss."""
LOSSLESS_PIXELS = 1 << 26
"""Of more pixels than these it is not even tried."""
LOSSY_PIXELS = 1 << 24
"""With loss there are no more pixels than these; thumbnails are shrunk until they fit."""
QUALITY = 85
"""Of JPEG with full colour. Its blocks of 8x8 lie within thumbnails of 32x32."""


@dataclass(frozen=True, eq=False)
class Sheets:
    """Thumbnails of N images in their order, row by row of one sheet after another.

    files: pictures of the media type `media`; height, width: of a thumbnail; columns, capacity:
    thumbnails in a row, and in a full sheet; shrunk: how many pixels in a row became one; lossless:
    whether a thumbnail's pixels are the image's.
    """

    files: tuple[bytes, ...]
    media: str
    height: int
    width: int
    columns: int
    capacity: int
    shrunk: int
    lossless: bool


def sprite_sheets(
    pixels: NDArray[Any], levels: int, lossless_bytes: int = LOSSLESS_BYTES,
    lossy_pixels: int = LOSSY_PIXELS,
) -> Sheets:  # fmt: skip
    """Sheets of level indexes (N, C, H, W), N >= 1: PNG, or JPEG where PNG takes too much.

    Images of two levels and one channel are dark ink on paper, at one bit a pixel.
    """
    count, _, height, width = pixels.shape
    total = count * height * width
    if total <= LOSSLESS_PIXELS and max(height, width) <= LONGEST_SIDE:
        sheets = _sheets(pixels, levels, 1, lossless=True)
        if sum(map(len, sheets.files)) <= lossless_bytes:
            return sheets
    least = max(math.sqrt(total / lossy_pixels), height / LONGEST_SIDE, width / LONGEST_SIDE)
    return _sheets(pixels, levels, max(1, math.ceil(least)), lossless=False)


def _sheets(pixels: NDArray[Any], levels: int, shrunk: int, lossless: bool) -> Sheets:
    height, width = (-(-side // shrunk) for side in pixels.shape[2:])
    square = math.ceil(math.sqrt(len(pixels) * height / width))
    columns = max(1, min(LONGEST_SIDE // width, square, len(pixels)))
    capacity = columns * max(1, LONGEST_SIDE // height)
    files = []
    for start in range(0, len(pixels), capacity):
        part = pixels[start : start + capacity]
        file = _png(part, levels, columns) if lossless else _jpeg(part, levels, columns, shrunk)
        files.append(file)
    media = "image/png" if lossless else "image/jpeg"
    return Sheets(tuple(files), media, height, width, columns, capacity, shrunk, lossless)


def _laid(tiles: NDArray[Any], columns: int, empty: int) -> NDArray[Any]:
    """Tiles (n, H, W, ...) in rows of so many, (rows * H, columns * W, ...)."""
    rows = -(-len(tiles) // columns)
    cells = np.full((rows * columns, *tiles.shape[1:]), empty, tiles.dtype)
    cells[: len(tiles)] = tiles
    grid = cells.reshape(rows, columns, *tiles.shape[1:]).swapaxes(1, 2)
    return np.ascontiguousarray(
        grid.reshape(rows * tiles.shape[1], columns * tiles.shape[2], *tiles.shape[3:])
    )


def _png(pixels: NDArray[Any], levels: int, columns: int) -> bytes:
    """Of two levels by their ink; of one channel in grey; else in colour."""
    channels = pixels.shape[1]
    file = io.BytesIO()
    if levels == 2 and channels == 1:
        picture = Image.fromarray(_laid(pixels[:, 0].astype(np.uint8), columns, 0))
        picture.putpalette([*PAPER, *BLACK])
        picture.save(file, "PNG", bits=1, optimize=True)
        return file.getvalue()
    colours = to_rgb(pixels, levels)
    shown = colours[..., 0] if channels <= 2 else colours
    Image.fromarray(_laid(shown, columns, PAPER[0])).save(file, "PNG", optimize=True)
    return file.getvalue()


def _jpeg(pixels: NDArray[Any], levels: int, columns: int, shrunk: int) -> bytes:
    colours = to_rgb(pixels, levels)
    if shrunk > 1:
        tiles = [Image.fromarray(np.ascontiguousarray(tile)).reduce(shrunk) for tile in colours]
        colours = np.stack([np.asarray(tile) for tile in tiles])
    grey = pixels.shape[1] <= 2
    laid = _laid(colours[..., 0] if grey else colours, columns, PAPER[0])
    file = io.BytesIO()
    # Colour at full resolution: of a thumbnail, half of it is little. Not optimised, which Pillow
    # gives up where pixels take over a byte each.
    Image.fromarray(laid).save(file, "JPEG", quality=QUALITY, subsampling=0)
    return file.getvalue()
