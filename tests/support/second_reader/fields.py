"""Part of `second_reader`: what it refuses with, and JSON of known fields (1, 3)."""

from __future__ import annotations

import json
from typing import Any


class Malformed(ValueError):  # noqa: N818
    """The file is one that docs/FORMAT.md says a reader MUST reject."""


def need(holds: Any, what: str) -> None:
    if not holds:
        raise Malformed(what)


def field(table: Any, key: str, kind: type, default: Any = None) -> Any:
    """Take a value of exactly this type out of a JSON object."""
    need(type(table) is dict, "no JSON object")
    value = table.pop(key, default)
    need(type(value) is kind, f"{key} is missing or no {kind.__name__}")
    return value


def parse_json(text: bytes, what: str) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(items)) == len(items), "a key is there twice")
        return dict(items)

    def refuse(token: str) -> Any:
        raise Malformed(f"{token} is no JSON")

    try:
        return json.loads(text.decode(), object_pairs_hook=pairs, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{what}: {error}") from error


def check_name(name: str) -> None:
    """What holds for names of arrays (3)."""
    need("\0" not in name and len(utf8(name)) <= 65_531, "a name of an array")


def utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Malformed(f"no Unicode text: {text!r}") from error
