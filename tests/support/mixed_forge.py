"""Golden archives of mixed sets taken apart, and archives of images that they never had."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from forge import Parts, take_apart

GOLDEN = Path(__file__).parent.parent / "golden" / "v3"
KEEP = take_apart((GOLDEN / "keep-iid-mixed.acn").read_bytes())
SHAPES = take_apart((GOLDEN / "any-set-shapes.acn").read_bytes())
STORED = take_apart((GOLDEN / "keep-none-stored.acn").read_bytes())
STACK, DUPLICATES, STORED_IMAGES, ARRANGEMENT = 1, 2, 5, 6


def one_stored(k: list[Any], count: int, payload: bytes) -> Parts:
    """An archive of `count` stored images of a class, and no more, of the version that has them."""
    fields = {key: value for key, value in STORED.fields.items() if key in "cond"}
    shard = {"n": count, "x": [[0, count]]}
    fields |= {"l": "nhw", "k": [k], "h": [shard]}
    sections = ((ARRANGEMENT, 0, bytes(32) + b"\1\0\0\0"), (STORED_IMAGES, 0, payload))
    return Parts(bytes(32), fields, sections, 5 if payload[:1] >= b"\4" else 3)


def one_modelled(k: list[Any], count: int) -> Parts:
    """An archive of `count` modelled images of a class, and no more."""
    part = {"t": "iid", "z": [[1, count]] if count > 1 else [1], "q": [[0, count]]}
    stack = next(section for section in SHAPES.sections if section[0] == STACK)
    fields = SHAPES.fields | {"k": [k], "h": [{"n": count, "g": [part]}]}
    return replace(SHAPES, fields=fields | {"a": 0}, sections=(stack,))
