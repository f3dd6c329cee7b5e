"""Hostile sections of archives, by their frames alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from capped import Capped
from forge import SIDE, STACK, framed, head
from hostile import BODY, FRAMES, KEEP, Attack, refused

pytestmark = pytest.mark.timeout(120)

FIRST = KEEP.sections[0]
HUGE = (1 << 64) - 1


def after_head(*frames: bytes) -> bytes:
    """Frames behind a right header."""
    return head(BODY, KEEP.model_id) + b"".join(frames)


SECTIONS: dict[str, Attack] = {
    "no section": (lambda: after_head(), "FormatError", "a section is missing"),
    "a length of 2^64 - 1": (
        lambda: after_head(framed(FIRST, length=HUGE)),
        "FormatError", "18446744073709551615 bytes",
    ),
    "a length into the next section": (
        lambda: after_head(framed(FIRST, length=len(FIRST[2]) + 30), FRAMES),
        "FormatError", "unknown type",
    ),
    "a section in another": (
        lambda: after_head(framed((SIDE, 0, FIRST[2] + framed(KEEP.sections[1]))), FRAMES),
        "FormatError", "stands where",
    ),
    "a section twice": (
        lambda: replace(KEEP, sections=(*KEEP.sections, KEEP.sections[-1])).to_bytes(),
        "FormatError", "after the last section",
    ),
    "the first section twice": (
        lambda: replace(KEEP, sections=(KEEP.sections[0], *KEEP.sections)).to_bytes(),
        "FormatError", "stands where",
    ),
    "backwards": (
        lambda: replace(KEEP, sections=KEEP.sections[::-1]).to_bytes(),
        "FormatError", "stands where",
    ),
    "an unknown section": (
        lambda: replace(KEEP, sections=((77, 0, b""), *KEEP.sections)).to_bytes(),
        "FormatError", "unknown type 77",
    ),
    "a byte after the end": (lambda: KEEP.to_bytes() + b"\0", "FormatError", "1 bytes after"),
    "a gigabyte of nothing": (
        lambda: KEEP.to_bytes() + bytes(64 << 20), "FormatError", "67108864 bytes after",
    ),
    "a wrong CRC": (
        lambda: after_head(framed(FIRST, crc=1), *map(framed, KEEP.sections[1:])),
        "CorruptionError", "CRC-32 of the side data",
    ),
    "a wrong CRC on the stack": (
        lambda: KEEP.to_bytes()[:-4] + bytes(4), "CorruptionError", "CRC-32 of the stack",
    ),
    "half a word": (
        lambda: KEEP.having_payload(b"abcdef", STACK).to_bytes(), "FormatError", "no whole words",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SECTIONS)
def test_hostile_sections_are_refused(name: str, victim: Capped) -> None:
    refused(SECTIONS[name], victim)
