"""Hostile repeats of images: bombs, and places that are not there."""

from __future__ import annotations

import lzma

import pytest
from capped import Capped
from forge import DUPLICATES, deflate
from hostile import ANY, KEEP, Attack, refused

pytestmark = pytest.mark.timeout(120)

LZMA2 = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]


def with_repeats(payload: bytes) -> bytes:
    """An archive of 60 images and 3 repeats, with `payload` for their places."""
    return KEEP.having_payload(payload, DUPLICATES).to_bytes()


def lzma2(raw: bytes) -> bytes:
    """Raw LZMA2 as a duplicates section has it."""
    return lzma.compress(raw, lzma.FORMAT_RAW, filters=LZMA2)


def bomb_of_repeats(form: int) -> bytes:
    """60 images and 36 million repeats, whose places and targets are zeros, well packed."""
    repeats = 36 << 20
    raw = bytes(5 * repeats)
    packed = deflate(raw, 1) if form == 1 else lzma2(raw)
    parts = KEEP.having_payload(bytes([form]) + packed, DUPLICATES)
    return parts.having_shard(0, n=60 + repeats).to_bytes()


def repeated_image(count: int) -> bytes:
    """A set of `count` times 60 images: 8 bytes an image in memory, none in the file."""
    extra = [count] + [0] * 59
    planes = b"".join(bytes(value >> 8 * plane & 255 for value in extra) for plane in range(4))
    return ANY.having_payload(b"\0" + planes, DUPLICATES).having_shard(0, n=60 + count).to_bytes()


REPEATS: dict[str, Attack] = {
    "no payload": (
        lambda: with_repeats(b""), "CorruptionError", "lacks its duplicates",
    ),
    "an unknown form": (
        lambda: with_repeats(b"\7abcdef"), "FormatError", "flag 7",
    ),
    "too short": (
        lambda: with_repeats(b"\0abcde"), "FormatError", "5 bytes, not 6",
    ),
    "a deflate bomb": (
        lambda: with_repeats(b"\1" + deflate(bytes(1 << 25), 1)),
        "FormatError", "more than 6",
    ),
    "an LZMA bomb": (
        lambda: with_repeats(b"\2" + lzma2(bytes(1 << 25))),
        "FormatError", "more than 6",
    ),
    "a larger LZMA dictionary": (
        lambda: with_repeats(b"\2" + b"\xff" * 50),
        "FormatError", "LZMA",
    ),
    "bytes after the stream": (
        lambda: with_repeats(b"\1" + deflate(bytes(6)) + b"\0"),
        "FormatError", "after the deflate stream",
    ),
    "a repeat beyond the end": (
        lambda: KEEP.having_payload(b"\0" + bytes([60, 60, 60, 0, 0, 0]), DUPLICATES).to_bytes(),
        "CorruptionError", "beyond the last",
    ),
    "a repeat of what has not come": (
        lambda: KEEP.having_payload(b"\0" + bytes([1, 1, 1, 59, 59, 59]), DUPLICATES).to_bytes(),
        "CorruptionError", "comes later",
    ),
    "repeats of others": (
        lambda: KEEP.having_payload(b"\0" + bytes([60, 0, 0, 1, 2, 3]), DUPLICATES).to_bytes(),
        "CorruptionError", "digest",
    ),
    "deflated places for 36 million": (lambda: bomb_of_repeats(1), "TooLargeError", "memory"),
    "LZMA places for 36 million": (
        lambda: bomb_of_repeats(2), "TooLargeError", "--allow-large",
    ),
    "an image a hundred million times": (
        lambda: repeated_image(100_000_000), "TooLargeError", "--allow-large",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REPEATS)
def test_hostile_repeats_are_refused(name: str, victim: Capped) -> None:
    refused(REPEATS[name], victim)
