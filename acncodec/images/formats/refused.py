"""Pictures that are known and not taken, with advice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import IO, NoReturn

from acncodec.errors import DataError
from acncodec.images.formats.picture import PictureFormat

_LOSSY = "decoders give different pixels of it"
_ADVICE = "save it as PNG"
_BOX = 4
"""Where the type of an ISO media file stands."""


def _refuse(_file: IO[bytes], _lossy: bool, name: str, advice: str) -> NoReturn:
    raise DataError(f"is {name}, which we cannot take: {advice}")


def _refused(
    name: str, suffixes: tuple[str, ...], matches: Callable[[bytes], bool], advice: str
) -> PictureFormat:
    return PictureFormat(name, suffixes, matches, partial(_refuse, name=name, advice=advice))


def _starts(*magics: bytes) -> Callable[[bytes], bool]:
    return lambda start: start.startswith(magics)


def _is_box(*kinds: bytes) -> Callable[[bytes], bool]:
    return lambda start: start[_BOX:].startswith(kinds)


REFUSED = (
    _refused("JPEG XL", (".jxl",), _starts(b"\xff\x0a", b"\0\0\0\x0cJXL \r\n"), _ADVICE),
    _refused("JPEG 2000", (".jp2", ".j2k"), _starts(b"\0\0\0\x0cjP  \r\n", b"\xff\x4f\xff\x51"),
             f"{_LOSSY} unless it is lossless; {_ADVICE}"),
    _refused("AVIF or HEIC", (".avif", ".heic"),
             _is_box(b"ftypavif", b"ftypavis", b"ftypheic", b"ftypmif1"), f"{_LOSSY}; {_ADVICE}"),
    _refused("PAM", (".pam",), _starts(b"P7\n"), _ADVICE),
    _refused("PFM", (".pfm",), _starts(b"PF\n", b"Pf\n"), "its samples are floats"),
)  # fmt: skip
"""Tried after the formats that are taken."""
