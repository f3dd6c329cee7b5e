"""Sheets: images in rows and columns under a title, as PNG, or one after another as GIF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.figures.extras import from_extra
from acncodec.figures.style import BLACK, FAINT, LINE, PAPER, TEXT, Colour, to_rgb

with from_extra("images", "Pillow"):
    from PIL import Image, ImageDraw, ImageFont

MARGIN = 16
GAP = 3
"""Between neighbouring images; a group of columns is set off by `GROUP_GAP`."""
GROUP_GAP = 14
MAX_WIDTH, MAX_HEIGHT = 1240, 900
"""A sheet's images are enlarged as far as they fit a laptop's screen, and at least once."""
MAX_SCALE = 6
MIN_TEXT_WIDTH = 420
TITLE_SIZE, NOTE_SIZE = 17, 13
LINE_HEIGHT = 1.35
GIF_COLOURS = 64


@dataclass(frozen=True, eq=False)
class Sheet:
    """What stands on a sheet.

    images: level indexes (rows, columns, C, H, W); shown: bool (rows, columns), False where the
    paper stays empty; inks: one for each column, or one for all; alert: bool (rows, columns),
    images in `alert_ink` instead, or framed in it where they have no ink; starts: columns that
    begin a group, with the heading above it; notes: lines under the title; inked: whether shades of
    more levels than two are ink on paper, as binary images are.
    """

    images: NDArray[Any]
    levels: int
    title: str
    notes: tuple[str, ...] = ()
    inks: tuple[Colour, ...] = (BLACK,)
    starts: dict[int, str] = field(default_factory=dict)
    shown: NDArray[np.bool_] | None = None
    alert: NDArray[np.bool_] | None = None
    alert_ink: Colour = BLACK
    inked: bool = False

    def __post_init__(self) -> None:
        if self.images.ndim != 5 or not self.images.size:
            raise DataError(f"a sheet needs images, not an array {self.images.shape}")


def draw_sheet(sheet: Sheet) -> Image.Image:
    """The sheet as a picture."""
    rows, columns, _, height, width = sheet.images.shape
    gaps = [GROUP_GAP if column in sheet.starts else GAP for column in range(columns)]
    gaps[0] = 0
    scale = _scale(rows * height, columns * width, sum(gaps), rows * GAP)
    lefts = np.cumsum(gaps) + scale * width * np.arange(columns)
    across = int(lefts[-1]) + scale * width
    lines = _lines(sheet, max(across, MIN_TEXT_WIDTH))
    top = MARGIN + round(sum(LINE_HEIGHT * size for _, size, _ in lines)) + MARGIN // 2
    headings = any(sheet.starts.values())
    first = top + (round(LINE_HEIGHT * NOTE_SIZE) + 2 if headings else 0)
    down = rows * scale * height + (rows - 1) * GAP
    page = Image.new(
        "RGB", (max(across, MIN_TEXT_WIDTH) + 2 * MARGIN, first + down + MARGIN), PAPER
    )
    pen = ImageDraw.Draw(page)
    _write(pen, lines)
    for column, heading in sheet.starts.items():
        place = MARGIN + int(lefts[column]), top
        pen.text(place, heading, fill=TEXT, font=ImageFont.load_default(NOTE_SIZE))
    for row in range(rows):
        for column in range(columns):
            if sheet.shown is None or sheet.shown[row, column]:
                place = MARGIN + int(lefts[column]), first + row * (scale * height + GAP)
                _place(page, pen, sheet, (row, column), place, scale)
    return page


def _scale(height: int, width: int, across: int, down: int) -> int:
    fits = min((MAX_WIDTH - across) // width, (MAX_HEIGHT - down) // height)
    return max(1, min(MAX_SCALE, fits))


def _place(
    page: Image.Image, pen: ImageDraw.ImageDraw, sheet: Sheet, index: tuple[int, int],
    place: tuple[int, int], scale: int,
) -> None:  # fmt: skip
    alert = sheet.alert is not None and sheet.alert[index]
    ink = sheet.alert_ink if alert else sheet.inks[index[1] % len(sheet.inks)]
    colours = np.ascontiguousarray(
        to_rgb(sheet.images[index], sheet.levels, ink, inked=sheet.inked)
    )
    tile = Image.fromarray(colours.repeat(scale, 0).repeat(scale, 1))
    page.paste(tile, place)
    left, top = place
    line = sheet.alert_ink if alert and sheet.levels != 2 and not sheet.inked else LINE
    pen.rectangle((left - 1, top - 1, left + tile.width, top + tile.height), outline=line)


def _lines(sheet: Sheet, width: int) -> list[tuple[str, int, Colour]]:
    """Title and notes, wrapped to `width` pixels: (text, size, colour)."""
    texts = [(sheet.title, TITLE_SIZE, TEXT)]
    texts += [(note, NOTE_SIZE, FAINT) for note in sheet.notes]
    lines = []
    for text, size, colour in texts:
        font = ImageFont.load_default(size)
        line = ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if line and font.getlength(longer) > width:
                lines.append((line, size, colour))
                longer = word
            line = longer
        lines.append((line, size, colour))
    return lines


def _write(pen: ImageDraw.ImageDraw, lines: Sequence[tuple[str, int, Colour]]) -> None:
    y = float(MARGIN)
    for text, size, colour in lines:
        pen.text((MARGIN, round(y)), text, fill=colour, font=ImageFont.load_default(size))
        y += LINE_HEIGHT * size


def png(page: Image.Image) -> bytes:
    """A picture as a PNG file."""
    file = io.BytesIO()
    page.save(file, "PNG", optimize=True)
    return file.getvalue()


def gif(pages: Sequence[Image.Image], milliseconds: int) -> bytes:
    """Pictures of one size as an endless GIF, each shown so long; the last one twice as long."""
    frames = [page.quantize(GIF_COLOURS, dither=Image.Dither.NONE) for page in pages]
    durations = [milliseconds] * (len(frames) - 1) + [2 * milliseconds]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return file.getvalue()
