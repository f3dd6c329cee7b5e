"""Images as a table of text: a row an image, a column a pixel, labels beside them (CSV, .amat)."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from typing import IO, Final

from acncodec.errors import DataError
from acncodec.images.formats.array_file import ArrayFormat, Arrays, Names
from acncodec.images.formats.table import Sheet, read_columns, read_sheet

IMAGES: Final = "x"
LABELS: Final = "labels"
MIN_PIXELS: Final = 16
"""Fewer numbered columns than these are no pixels."""
_PIXEL = re.compile(r"([a-z]{0,9}[ _.-]?)[0-9]+(x[0-9]+)?", re.ASCII | re.IGNORECASE)
_TEXT = re.compile(rb"(\xef\xbb\xbf)?[\t\r\n\x20-\x7e\x80-\xff]*[0-9][\t\r\n\x20-\x7e\x80-\xff]*")


def load_text(file: IO[bytes]) -> Arrays:
    """The pixels as `x`, (N, H * W), and all other columns (N,) by their names.

    Without names a column more than a square, or three, is `labels`: the first of a CSV, the last
    of a table with blanks.

    Raises:
        DataError: it is no table, or which columns are pixels is not clear.
    """
    sheet = read_sheet(file)
    pixels = _pixel_columns(sheet)
    file.seek(0)
    images, others = read_columns(file, sheet, pixels)
    names = _other_names(sheet, pixels)
    if IMAGES in names:
        raise DataError(f"a column is called {IMAGES!r}, as the images would be; rename it")
    return {IMAGES: images, **dict(zip(names, others, strict=True))}


def load_columns(file: IO[bytes]) -> Arrays:
    """All columns (N,) of a table by their names; without names a single one is `labels`, others
    `labels_0` and so on. Raises `DataError` as `load_text` does."""
    sheet = read_sheet(file)
    file.seek(0)
    _, columns = read_columns(file, sheet, ())
    return dict(zip(_other_names(sheet, ()), columns, strict=True))


def _other_names(sheet: Sheet, pixels: Sequence[int]) -> list[str]:
    taken = set(pixels)
    places = [column for column in range(sheet.columns) if column not in taken]
    if sheet.names is not None:
        return [sheet.names[column] for column in places]
    if len(places) == 1:
        return [LABELS]
    return [f"{LABELS}_{at}" for at in range(len(places))]


def _pixel_columns(sheet: Sheet) -> range:
    if sheet.names is None:
        return _by_number(sheet)
    stems = [_stem(name) for name in sheet.names]
    best, start = range(0), 0
    for stem, run in itertools.groupby(stems):
        stop = start + len(list(run))
        if stem is not None:
            best = max(best, range(start, stop), key=len)
        start = stop
    if len(best) < MIN_PIXELS:
        raise DataError(
            "it is not clear which columns of the table are pixels: their names end in a number,"
            " pixel0, pixel1 and so on, and stand one after the other; the first are"
            f" {', '.join(map(repr, sheet.names[:5]))}"
        )
    return best


def _stem(name: str) -> str | None:
    """What stands before the number of a pixel, or None for another name."""
    found = _PIXEL.fullmatch(name)
    return None if found is None else found[1]


def _by_number(sheet: Sheet) -> range:
    """Those of a table without names: all, or all but one."""
    columns = sheet.columns
    if _is_image(columns) or not _is_image(columns - 1):
        return range(columns)
    return range(columns - 1) if sheet.delimiter is None else range(1, columns)


def _is_image(entries: int) -> bool:
    """Whether so many entries are a square, or three."""
    sides = (math.isqrt(entries), math.isqrt(entries // 3))
    return entries >= MIN_PIXELS and entries in (sides[0] ** 2, 3 * sides[1] ** 2)


def is_table(start: bytes) -> bool:
    """Whether a file that begins so is text of several fields, a number among them."""
    line = start.split(b"\n", 1)[0].strip()
    return _TEXT.fullmatch(start) is not None and re.search(rb"[,;\t ]", line) is not None


def _matches(start: bytes, _size: int) -> bool:
    return is_table(start)


def _load(file: IO[bytes], _size: int, _skip: Names) -> Arrays:
    return load_text(file)


TEXT = ArrayFormat(
    "a table of text", _matches, _load,
    note="the numbers of the table come back, as arrays; its text and the names of its pixels do"
    " not",
)  # fmt: skip
