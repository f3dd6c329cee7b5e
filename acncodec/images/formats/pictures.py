"""All formats of pictures, and the one that a file is of."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from acncodec.errors import AcnError, DataError
from acncodec.images.formats.bmp import BMP
from acncodec.images.formats.gif import GIF
from acncodec.images.formats.picture import HEAD_BYTES, Picture, PictureFormat, read_samples
from acncodec.images.formats.png import PNG
from acncodec.images.formats.pnm import PNM
from acncodec.images.formats.refused import REFUSED
from acncodec.images.formats.tiff import TIFF
from acncodec.images.formats.webp import WEBP

TAKEN: Final = (PNG, BMP, PNM, GIF, TIFF, WEBP)
SUFFIXES: Final = tuple(suffix for known in TAKEN for suffix in known.suffixes)
"""How the names of pictures end that we can take; a file's content decides what it is."""


def find_format(start: bytes) -> PictureFormat | None:
    """The format of a picture that begins so (`HEAD_BYTES` bytes, or all), or None."""
    return next((known for known in (*TAKEN, *REFUSED) if known.matches(start)), None)


def is_picture(path: Path) -> bool:
    """Whether a file is a picture by its first bytes, or by its name.

    Raises `DataError` when it cannot be read.
    """
    if path.suffix.lower() in SUFFIXES:
        return True
    try:
        with path.open("rb") as file:
            return find_format(file.read(HEAD_BYTES)) is not None
    except OSError as error:
        raise DataError(f"{path.name!r} cannot be read: {error.strerror or error}") from error


def describe_picture(path: Path) -> Picture:
    """What the picture at `path` is like. Raises `DataError` when it cannot be taken."""
    return _read(path, decode=False)[0]


def read_picture(path: Path) -> tuple[Picture, NDArray[Any]]:
    """What the picture at `path` is like, and its samples: bool, uint8 or uint16, (H, W) or
    (H, W, C). Raises `DataError` when it cannot be taken."""
    picture, samples = _read(path, decode=True)
    if samples is None:
        raise DataError(f"{path.name!r} has no samples")
    return picture, samples


def _read(path: Path, decode: bool) -> tuple[Picture, NDArray[Any] | None]:
    try:
        with path.open("rb") as file:
            known = find_format(file.read(HEAD_BYTES))
            if known is None:
                raise DataError("unknown content")
            file.seek(0)
            picture = known.read_header(file)
            return picture, read_samples(file, picture) if decode else None
    except AcnError as error:
        error.args = (f"{path.name!r} cannot be read as an image: {error}",)
        raise
    except Exception as error:  # decoders raise whatever befalls them
        raise DataError(f"{path.name!r} cannot be read as an image: {error}") from error
