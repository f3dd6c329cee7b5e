"""Names that may become files: relative, each part of them plain, and no two of them the same.

An archive says what its pictures are called, and is believed only where no name leads out of the
folder, stands for a device, or is the same file as another on some system.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from acncodec.errors import DataError

_MAX_PART_BYTES: Final = 255
_MAX_BYTES: Final = 3500
"""Linux takes paths of 4,096 bytes; the folder before the name has some of them."""

_SHOWN: Final = 255

_DEVICE = "(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])"
_PART = (
    r"(?!\.{1,2}(?:/|$))"
    rf"(?!(?i:{_DEVICE})\s*(?:\.[^/]*)?(?:/|$))"
    r"(?![a-zA-Z]:)"
    r"[^/\\\x00-\x1f\x7f]+"
)
_PLAIN = re.compile(rf"{_PART}(?:/{_PART})*")


def find_unplain(names: Sequence[str]) -> tuple[str, str] | None:
    """The first name that may not become a file, and why; or None."""
    return next(_problems(names), None)


def check_plain(names: Sequence[str]) -> None:
    """Raise `DataError` unless all `names` may become files beside one another."""
    if (found := find_unplain(names)) is not None:
        name, cause = found
        raise DataError(f"the name {_quote(name)} {cause}")


def _quote(name: str) -> str:
    return repr(name if len(name) <= _SHOWN else f"{name[:_SHOWN]}...")


def _problems(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Names that may not become files, and why. Each folder is looked at once: a large set has
    many names in few of them."""
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    leads: dict[str, str] = {}
    for name in names:
        folder, slash, last = name.rpartition("/")
        lead = leads.get(folder, "")
        known = not slash or bool(lead)
        if not (known and _is_plain(last)) and (cause := _find_cause(name)) is not None:
            yield name, cause
            continue
        if not known:
            lead = leads[folder] = _fold(folder) + "/"
            for parent in _parents(lead):
                if parent in files:
                    yield name, f"lies in {_quote(files[parent])}, which is a picture"
                folders.setdefault(parent, name)
        key = lead + _fold(last)
        if key in files:
            yield name, f"is the same file as {_quote(files[key])} where case does not count"
        if key in folders:
            yield name, f"is the folder of {_quote(folders[key])} where case does not count"
        files[key] = name


def _is_plain(text: str) -> bool:
    """Whether the last part of a name is certain to be plain, and short enough in any folder."""
    return text.isascii() and len(text) <= _MAX_PART_BYTES and _PLAIN.fullmatch(text) is not None


def _fold(name: str) -> str:
    """What names have in common that are one file where case or composition do not count."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def _parents(key: str) -> Iterator[str]:
    """The folders of a name, the innermost first."""
    while (at := key.rfind("/")) > 0:
        key = key[:at]
        yield key


def _find_cause(name: str) -> str | None:
    """Why a name may not become a file, or None."""
    if _PLAIN.fullmatch(name) is None:
        return _cause(name)
    try:
        encoded = os.fsencode(name)
    except UnicodeEncodeError:
        return "is not valid Unicode"
    longest = max(map(len, encoded.split(b"/")))
    if len(encoded) > _MAX_BYTES or longest > _MAX_PART_BYTES:
        return "is too long for a file"
    return None


def _cause(name: str) -> str:
    """Why a name is not plain."""
    if name.startswith("/"):
        return "is absolute"
    parts = name.split("/")
    if ".." in parts:
        return "leads out of the folder"
    if "" in parts or "." in parts:
        return "has an empty part"
    if "\\" in name or any(ord(character) < 32 or ord(character) == 127 for character in name):
        return "has a character that no file's name should have"
    if any(re.match("[a-zA-Z]:", part) for part in parts):
        return "begins with a drive"
    return "is reserved for a device"
