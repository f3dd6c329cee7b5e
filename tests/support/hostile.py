"""What hostile archives are made of, and how one is tried."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from capped import Capped
from forge import DUPLICATES, Parts, deflate, framed, take_apart

Attack = tuple[Callable[[], bytes], str, str]
"""What makes the archive, the error that refuses it, and words of its message."""

GOLDEN = Path(__file__).parent.parent / "golden" / "v1"
KEEP = take_apart((GOLDEN / "keep-tour.acn").read_bytes())
ANY = take_apart((GOLDEN / "any-set.acn").read_bytes())
FRAMES = b"".join(framed(section) for section in KEEP.sections)
BODY = deflate(json.dumps(KEEP.fields).encode())


def claimed_images(parts: Parts, count: int, **fields: object) -> bytes:
    """An archive that claims `count` distinct images on the stack that it has."""
    runs: list[object] = [[512, count // 512]] if count >= 1024 else []
    rest = count - 512 * (count // 512) if runs else count
    shard = {"n": count, "u": None, "z": [*runs, *([rest] if rest else [])]}
    sections = tuple(it for it in parts.sections if it[0] != DUPLICATES)
    return replace(parts, sections=sections).having_shard(0, **(shard | fields)).to_bytes()


def refused(attack: Attack, victim: Capped) -> None:
    """The archive is refused for its own reason, in few words."""
    build, error, words = attack
    outcome = victim.open("archive", build())
    assert outcome.error == error, outcome.text
    assert words in outcome.text, outcome.text
    assert len(outcome.text) < 1000
