"""All formats of pictures, and the one that a file is of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from acncodec.errors import AcnError, DataError
from acncodec.images.formats.bmp import BMP
from acncodec.images.formats.gif import GIF
from acncodec.images.formats.jpeg import JPEG
from acncodec.images.formats.picture import HEAD_BYTES, Picture, PictureFormat
from acncodec.images.formats.png import PNG
from acncodec.images.formats.pnm import PNM
from acncodec.images.formats.refused import REFUSED
from acncodec.images.formats.tiff import TIFF
from acncodec.images.formats.webp import WEBP

TAKEN: Final = (PNG, BMP, PNM, GIF, TIFF, WEBP)
_KNOWN: Final = (*TAKEN, JPEG, *REFUSED)
SUFFIXES: Final = tuple(suffix for known in TAKEN for suffix in known.suffixes)
"""How the names of pictures end that we can take; a file's content decides what it is."""


def find_format(start: bytes) -> PictureFormat | None:
    """The format of a picture that begins so (`HEAD_BYTES` bytes, or all), or None."""
    return next((known for known in _KNOWN if known.matches(start)), None)


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


def read_headers(file: IO[bytes], lossy: bool = False) -> list[Picture]:
    """What the pictures in a seekable file are like, those of lossy formats only if they are
    wanted. Raises `DataError` when they cannot be taken."""
    known = find_format(file.read(HEAD_BYTES))
    if known is None:
        raise DataError("unknown content")
    file.seek(0)
    pictures = list(known.read_headers(file, lossy))
    if not pictures:
        raise DataError(f"a {known.name} without a picture")
    return pictures


@contextmanager
def naming_picture(name: str) -> Iterator[None]:
    """Turn whatever a decoder raises into an `AcnError` that names the file."""
    try:
        yield
    except AcnError as error:
        error.args = (f"{name!r} cannot be read as an image: {error}",)
        raise
    except MemoryError:
        raise
    except Exception as error:  # decoders raise whatever befalls them
        raise DataError(f"{name!r} cannot be read as an image: {error}") from error
