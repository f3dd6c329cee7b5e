"""Hostile side data: bombs, and arrays that are none."""

from __future__ import annotations

import lzma
import zlib

import pytest
from capped import Capped
from forge import SIDE, SIGNATURE, npy, side_array, side_payload, side_raw
from hostile import ANY, KEEP, Attack, refused

pytestmark = pytest.mark.timeout(120)

HUGE = (1 << 64) - 1
U8 = npy("|u1", (6,), bytes(6))


def with_side(raw: bytes, **lies: int) -> bytes:
    """An archive with `raw` for its side data, under a right digest."""
    return with_side_payload(side_payload(raw, **lies))


def with_side_payload(payload: bytes) -> bytes:
    """An archive with another side data section."""
    return KEEP.having_payload(payload, SIDE).to_bytes()


def xz_payload(stream: bytes) -> bytes:
    """The payload of a side data section of which `stream` claims to be the .xz."""
    return side_payload(b"")[:40] + b"\1" + stream


def hungry_xz() -> bytes:
    """An .xz whose decoder needs a dictionary of 512 MiB."""
    fast = {"mode": lzma.MODE_FAST, "mf": lzma.MF_HC3, "nice_len": 8}
    return lzma.compress(b"a", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29, **fast}])


SIDES: dict[str, Attack] = {
    "cut short": (
        lambda: with_side_payload(b"abc"), "FormatError", "truncated",
    ),
    "a wrong digest": (
        lambda: with_side_payload(side_payload(b"")[:8] + bytes(32) + b"\0"),
        "CorruptionError", "SHA-256",
    ),
    "a length of 2^64 - 1": (
        lambda: with_side(b"", length=HUGE), "FormatError", "more than 68719476736",
    ),
    "an .xz bomb over its length": (
        lambda: with_side(bytes(436 << 20), form=1, length=1000),
        "FormatError", "more than 1000",
    ),
    "an .xz bomb of its length": (
        lambda: with_side(bytes(436 << 20), form=1), "TooLargeError", "memory",
    ),
    "an .xz dictionary of 512 MiB": (
        lambda: with_side_payload(xz_payload(hungry_xz())), "FormatError", "Memory usage limit",
    ),
    "no .xz": (
        lambda: with_side_payload(xz_payload(zlib.compress(bytes(range(99))))),
        "FormatError", "corrupt",
    ),
    "half an array": (lambda: with_side(side_array(b"a", U8)[:-1]), "FormatError", "truncated"),
    "an array of 2^63 bytes": (
        lambda: with_side(side_array(b"a", U8, length=1 << 63)), "FormatError", "truncated",
    ),
    "a name twice": (lambda: with_side(side_array(b"a", U8) * 2), "FormatError", "twice"),
    "rows of other images": (
        lambda: with_side(side_array(b"a", U8, aligned=True)), "FormatError", "cannot follow",
    ),
    "a scalar that follows the images": (
        lambda: with_side(side_array(b"a", npy("|u1", (), b"a"), aligned=True)),
        "FormatError", "scalar",
    ),
    "an exabyte of bytes": (
        lambda: with_side(side_array(b"a", npy("|u1", (1 << 60,)))), "FormatError", "but 0 are",
    ),
    "an exa-array of nothing": (
        lambda: with_side(side_array(b"a", npy("|V0", (1 << 60,)))), "FormatError", "of no bytes",
    ),
    "objects": (
        lambda: with_side(side_array(b"a", npy("|O", (1,), b"cos\nsystem\n."))),
        "FormatError", "ever unpickled",
    ),
    "a type as deep as it goes": (
        lambda: with_side(side_array(b"a", npy(None, None, text="[('a'," * 6000 + ")]" * 6000))),
        "FormatError", "malformed",
    ),
    "code for a header": (
        lambda: with_side(side_array(b"a", npy(None, None, text="__import__('os').getpid()"))),
        "FormatError", "malformed",
    ),
    "no Unicode": (lambda: with_side(side_array(b"\xff", U8)), "FormatError", "utf-8"),
    "the images' name": (lambda: with_side(side_array(b"x", U8)), "CorruptionError", "same name"),
}  # fmt: skip


def test_archives_are_taken_apart_and_put_together_again(victim: Capped) -> None:
    """What the attacks are made of is right, so that what is wrong is what they say."""
    for parts in (KEEP, ANY):
        assert victim.open("archive", parts.to_bytes()).text == "63 images, 2 arrays"
    assert victim.open("archive", with_side(side_raw(KEEP.payload(SIDE)))).error == ""
    assert SIGNATURE + KEEP.to_bytes()[8:] == KEEP.to_bytes()


@pytest.mark.parametrize("name", SIDES)
def test_hostile_side_data_is_refused(name: str, victim: Capped) -> None:
    refused(SIDES[name], victim)
