"""A picture as a file: a PNM where it was called one, else a PNG, whatever it came in."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Final

from numpy.typing import NDArray

from acncodec.images.formats.png_writer import encode_png
from acncodec.images.formats.pnm import PNM
from acncodec.images.formats.pnm_writer import encode_pnm, takes
from acncodec.images.picture_side import PictureSide

_PNG: Final = ".png"
_GREY, _COLOUR = ".pgm", ".ppm"


def file_name(side: PictureSide) -> str:
    """The name that a picture is written under: its own, if that says PNG or PNM and the picture
    can be one; else with `.png` after it (`a.gif.png`), or, where no PNG has its greatest value,
    `.pgm` or `.ppm`."""
    suffix = PurePosixPath(side.name).suffix.lower()
    if _is_pnm(side, suffix):
        return side.name
    if side.mode.bits:
        return side.name if suffix == _PNG else side.name + _PNG
    return side.name + (_COLOUR if side.mode.channels > 1 else _GREY)


def encode_picture(side: PictureSide, samples: NDArray[Any]) -> bytes:
    """The file of `samples`, (H, W) or (H, W, C) of the mode's type, that goes with `file_name`.

    Raises `DataError` for what no such file holds, `MissingExtraError` without imagecodecs.
    """
    if _is_pnm(side, PurePosixPath(file_name(side)).suffix.lower()):
        return encode_pnm(samples, side.mode)
    return encode_png(samples, side.mode, side.chunks)


def _is_pnm(side: PictureSide, suffix: str) -> bool:
    """Whether a file whose name ends so is a PNM: one has nothing beside its samples."""
    return suffix in PNM.suffixes and takes(side.mode) and not side.chunks
