"""Strict JSON: read from bytes that may be hostile, every field checked, none left over."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import NoReturn

from acncodec.errors import FormatError


def deflate(raw: bytes, dictionary: bytes = b"") -> bytes:
    """Compress to a raw deflate stream, at the highest level.

    `dictionary`: bytes that both sides have in the window before the first of `raw`.
    """
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=dictionary)
    return compressor.compress(raw) + compressor.flush()


def inflate(packed: bytes, limit: int, dictionary: bytes = b"") -> bytes:
    """Undo `deflate`; stops at the limit, however much the stream would still give.

    Raises:
        FormatError: not one whole raw deflate stream and nothing more, or it inflates to more
            than `limit` bytes.
    """
    decompressor = zlib.decompressobj(-15, dictionary)
    try:
        raw = decompressor.decompress(packed, limit + 1)
    except zlib.error as error:
        raise FormatError(f"corrupt deflate stream: {error}") from error
    if len(raw) > limit:
        raise FormatError(f"inflates to more than {limit} bytes")
    if not decompressor.eof:
        raise FormatError("truncated deflate stream")
    if decompressor.unused_data:
        raise FormatError(f"{len(decompressor.unused_data)} bytes after the deflate stream")
    return raw


def parse_object(text: bytes) -> dict[str, object]:
    """Parse one JSON object.

    Raises:
        FormatError: no UTF-8, no JSON, no object, a key twice, NaN or infinity, or nested too
            deeply.
    """
    try:
        value = json.loads(
            text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        raise FormatError(f"malformed JSON: {error}") from error
    if not isinstance(value, dict):
        raise FormatError(f"malformed JSON: {type(value).__name__} where an object must be")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def check_int(value: object, what: str, low: int, high: int) -> int:
    """Return `value` if it is an integer (no bool) of `low` to `high`, both included.

    Raises:
        FormatError: it is not.
    """
    if type(value) is not int:
        raise FormatError(f"{what} must be an integer, not {type(value).__name__}")
    if not low <= value <= high:
        raise FormatError(f"{what} must be {low} to {high}, not {_shorten(value)}")
    return value


def check_choice(value: object, what: str, choices: Sequence[str]) -> str:
    """Return `value` if it is one of the strings `choices`.

    Raises:
        FormatError: it is not.
    """
    if not isinstance(value, str) or value not in choices:
        raise FormatError(f"{what} must be {' or '.join(choices)}, not {_shorten(value)}")
    return value


def check_label(value: object, what: str) -> str:
    """Return `value` if it is a string of 1 to 255 printable characters.

    Raises:
        FormatError: it is not.
    """
    if not isinstance(value, str) or not 1 <= len(value) <= 255 or not value.isprintable():
        raise FormatError(f"{what} must be 1 to 255 printable characters, not {_shorten(value)}")
    return value


def check_bool(value: object, what: str) -> bool:
    """Return `value` if it is a bool.

    Raises:
        FormatError: it is not.
    """
    if not isinstance(value, bool):
        raise FormatError(f"{what} must be true or false, not {type(value).__name__}")
    return value


def _shorten(value: object) -> str:
    """Show a hostile value in a message, at most 60 characters of it."""
    if type(value) is int and value.bit_length() > 128:
        return f"an integer of {value.bit_length()} bits"
    text = repr(value) if isinstance(value, str | int | float) else type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


class Fields:
    """Takes the fields of a JSON object one by one; what nobody took is an error."""

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, dict):
            raise FormatError(f"{what} must be an object, not {type(value).__name__}")
        self._left: dict[str, object] = dict(value)
        self._what = what

    def take(self, key: str, default: object = None) -> object:
        """Take a field; a missing one is `default`, or an error where that is None.

        Raises:
            FormatError: the field is missing and has no default, or it is null.
        """
        value = self._left.pop(key, default)
        if value is None:
            raise FormatError(f"{self._what} lacks the field {key!r}")
        return value

    def finish(self) -> None:
        """Refuse what was not taken.

        Raises:
            FormatError: a field is left.
        """
        for key in self._left:
            raise FormatError(f"{self._what} has the unknown field {_shorten(key)}")
