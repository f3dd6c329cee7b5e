"""Hostile archives, made by hand: each is refused for its own reason, in little memory and time."""

from __future__ import annotations

import json
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from capped import Capped
from forge import (
    DUPLICATES,
    SIDE,
    SIGNATURE,
    STACK,
    Parts,
    deflate,
    framed,
    head,
    npy,
    side_array,
    side_payload,
    side_raw,
    take_apart,
)

pytestmark = pytest.mark.timeout(120)

GOLDEN = Path(__file__).parent.parent / "golden" / "v1"
KEEP = take_apart((GOLDEN / "keep-tour.acn").read_bytes())
ANY = take_apart((GOLDEN / "any-set.acn").read_bytes())
FIRST = KEEP.sections[0]
FRAMES = b"".join(framed(section) for section in KEEP.sections)
BODY = deflate(json.dumps(KEEP.fields).encode())
HUGE = (1 << 64) - 1
LZMA2 = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 20}]
SEALED = struct.pack("<I", 1)
EMPTY_DIGEST = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


def with_body(text: str | bytes) -> bytes:
    """An archive whose header's JSON is `text`."""
    raw = text if isinstance(text, bytes) else text.encode()
    return head(deflate(raw), KEEP.model_id) + FRAMES


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


def after_head(*frames: bytes) -> bytes:
    """Frames behind a right header."""
    return head(BODY, KEEP.model_id) + b"".join(frames)


def many_shards(count: int, blocks: int = 1) -> bytes:
    """Shards without an image, each a stack of nothing but its seal and its digest."""
    shard = {"n": 0, "t": "iid", "z": []} | ({"b": blocks} if blocks > 1 else {})
    sections = tuple((STACK, index, EMPTY_DIGEST + SEALED) for index in range(count))
    return replace(KEEP, fields=KEEP.fields | {"h": [shard] * count}, sections=sections).to_bytes()


def claimed_images(parts: Parts, count: int, **fields: object) -> bytes:
    """An archive that claims `count` distinct images on the stack that it has."""
    runs: list[object] = [[512, count // 512]] if count >= 1024 else []
    rest = count - 512 * (count // 512) if runs else count
    shard = {"n": count, "u": None, "z": [*runs, *([rest] if rest else [])]}
    sections = tuple(it for it in parts.sections if it[0] != DUPLICATES)
    return replace(parts, sections=sections).having_shard(0, **(shard | fields)).to_bytes()


def stack_of(words: int) -> bytes:
    """An archive with a stack of `words` words of noise."""
    noise = b"".join(struct.pack("<I", 1 + 2654435761 * i % (1 << 31)) for i in range(words))
    return KEEP.having_payload(noise, STACK).to_bytes()


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


def nested(depth: int) -> str:
    """A header whose shards are nested in one another."""
    return json.dumps(KEEP.fields | {"h": 0})[:-2] + "[" * depth + "]" * depth + "}"


def with_list(key: str, entry: str, count: int) -> str:
    """A header in which the list called `key` has `count` times the same entry."""
    text = json.dumps(
        KEEP.having_shard(0, z="z").fields if key == "z" else KEEP.having(h="h").fields
    )
    return text.replace(f'"{key}": "{key}"', f'"{key}":[' + f"{entry}," * (count - 1) + entry + "]")


U8 = npy("|u1", (6,), bytes(6))

HEADERS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "nothing": (lambda: b"", "FormatError", "the file is empty"),
    "another signature": (
        lambda: b"\x89PNG\r\n\x1a\n" + KEEP.to_bytes()[8:], "FormatError", "wrong signature",
    ),
    "line ends translated": (
        lambda: KEEP.to_bytes().replace(b"\r\n", b"\n", 1), "FormatError", "wrong signature",
    ),
    "version 0": (
        lambda: replace(KEEP, version=0).to_bytes(), "FormatError", "unknown format version 0",
    ),
    "version 65535": (
        lambda: replace(KEEP, version=65535).to_bytes(), "FormatError", "version 65535",
    ),
    "a length beyond the end": (
        lambda: head(BODY, KEEP.model_id, length=1 << 20), "FormatError", "truncated",
    ),
    "a length of 4 GiB": (
        lambda: head(BODY, KEEP.model_id, length=(1 << 32) - 1), "FormatError", "out of range",
    ),
    "a length too short": (
        lambda: head(BODY, KEEP.model_id, length=31) + FRAMES, "FormatError", "out of range",
    ),
    "a wrong CRC": (
        lambda: head(BODY, KEEP.model_id, crc=0) + FRAMES, "CorruptionError", "header's CRC-32",
    ),
    "another model": (
        lambda: replace(KEEP, model_id=bytes(32)).to_bytes(), "ModelError", "needs model",
    ),
    "a deflate bomb": (lambda: with_body(b" " * (64 << 20)), "FormatError", "more than 4194304"),
    "bytes after the deflate stream": (
        lambda: head(BODY + b"\0", KEEP.model_id) + FRAMES, "FormatError", "1 bytes after the",
    ),
    "half a deflate stream": (
        lambda: head(BODY[:-9], KEEP.model_id) + FRAMES, "FormatError", "truncated deflate",
    ),
    "no JSON": (lambda: with_body(b"\xff\xfe"), "FormatError", "malformed JSON"),
    "a list": (lambda: with_body("[]"), "FormatError", "an object must be"),
    "lists as deep as they go": (
        lambda: with_body(nested(2_000_000)), "FormatError", "malformed JSON",
    ),
    "objects as deep as they go": (
        lambda: with_body('{"h":' * 400_000), "FormatError", "malformed JSON",
    ),
    "a number of a million digits": (
        lambda: with_body('{"h":' + "9" * 1_000_000 + "}"), "FormatError", "malformed JSON",
    ),
    "a million keys": (
        lambda: with_body("{" + ",".join(f'"{i:06}":0' for i in range(300_000)) + "}"),
        "FormatError", "lacks the field",
    ),
    "a key twice": (
        lambda: with_body('{"n":"x",' + json.dumps(KEEP.fields)[1:]), "FormatError", "twice",
    ),
    "infinity": (lambda: with_body('{"m":Infinity}'), "FormatError", "no JSON"),
    "a lone surrogate": (
        lambda: KEEP.having(n="\ud800").to_bytes(), "FormatError", "not valid Unicode",
    ),
    "a name that clears the screen": (
        lambda: KEEP.having(m="\x1b[2J").to_bytes(), "FormatError", "printable",
    ),
    "an unknown field": (lambda: KEEP.having(q=1).to_bytes(), "FormatError", "unknown field 'q'"),
    "another coder": (lambda: KEEP.having(c="huffman").to_bytes(), "FormatError", "unknown coder"),
    "another profile": (lambda: KEEP.having(p="int16").to_bytes(), "FormatError", "profile"),
    "another strategy": (
        lambda: KEEP.having_shard(0, t="magic").to_bytes(), "FormatError", "strategy must be",
    ),
    "another image shape": (
        lambda: KEEP.having(s=[1, 8, 9]).to_bytes(), "FormatError", "shape or levels",
    ),
    "images of 4 GiB each": (
        lambda: KEEP.having(s=[1, 65535, 65535]).to_bytes(), "FormatError", "more than 6871",
    ),
    "three levels": (lambda: KEEP.having(v=[0, 1, 2]).to_bytes(), "FormatError", "levels"),
    "levels that fall": (lambda: KEEP.having(v=[1, 0]).to_bytes(), "FormatError", "ascending"),
    "a place that is not there": (
        lambda: KEEP.having(a=9).to_bytes(), "CorruptionError", "cannot be array 9",
    ),
    "the name of a side array": (
        lambda: KEEP.having(n="y").to_bytes(), "CorruptionError", "same name",
    ),
    "no shard": (lambda: KEEP.having(h=[]).to_bytes(), "FormatError", "1 to 65536 shards"),
    "a million shards": (
        lambda: with_body(with_list("h", "{}", 1_000_000)),
        "FormatError", "lacks the field",
    ),
    "batches that do not add up": (
        lambda: KEEP.having_shard(0, z=[1, 2]).to_bytes(), "FormatError", "sum to 3, not 60",
    ),
    "a trillion batches": (
        lambda: claimed_images(KEEP, 60, z=[[1, 10**12]]), "FormatError", "repeats must be 2 to",
    ),
    "two million runs": (
        lambda: with_body(with_list("z", "1", 1_900_000)),
        "FormatError", "runs of batch sizes",
    ),
    "a batch too wide": (
        lambda: claimed_images(KEEP, 600, z=[600], p=None, t="iid"), "FormatError", "wider than",
    ),
    "a tour that grows": (
        lambda: KEEP.having_shard(0, z=[1, 1, 58]).to_bytes(), "FormatError", "grow",
    ),
    "an order in a set": (
        lambda: ANY.having_shard(0, p=True).to_bytes(), "CorruptionError", "contradict",
    ),
    "a set in order": (lambda: ANY.having(o="keep").to_bytes(), "CorruptionError", "contradict"),
}  # fmt: skip

SECTIONS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "no section": (lambda: after_head(), "FormatError", "a section is missing"),
    "a length of 2^64 - 1": (
        lambda: after_head(framed(FIRST, length=HUGE)),
        "FormatError", "18446744073709551615 bytes",
    ),
    "a length into the next section": (
        lambda: after_head(framed(FIRST, length=len(FIRST[2]) + 30), FRAMES),
        "CorruptionError", "CRC-32 of the side data",
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
        lambda: after_head(framed(FIRST, crc=1), FRAMES),
        "CorruptionError", "CRC-32 of the side data",
    ),
    "a wrong CRC on the stack": (
        lambda: KEEP.to_bytes()[:-4] + bytes(4), "CorruptionError", "CRC-32 of the stack",
    ),
    "half a word": (
        lambda: KEEP.having_payload(b"abcdef", STACK).to_bytes(), "FormatError", "no whole words",
    ),
}  # fmt: skip

STACKS: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "no words": (
        lambda: KEEP.having_payload(b"", STACK).to_bytes(), "CorruptionError", "too short",
    ),
    "a stack that ends in 0": (
        lambda: KEEP.having_payload(KEEP.payload(STACK) + bytes(4), STACK).to_bytes(),
        "CorruptionError", "ends in a zero word",
    ),
    "another stack": (lambda: stack_of(200), "CorruptionError", "shard 0"),
    "a stack with a word more at the bottom": (
        lambda: KEEP.having_payload(b"abcd" + KEEP.payload(STACK), STACK).to_bytes(),
        "CorruptionError", "digest",
    ),
    "one image more": (lambda: claimed_images(ANY, 61, t="iid"), "CorruptionError", "stack"),
    "four million images": (
        lambda: claimed_images(ANY, 4 << 20), "CorruptionError", "too short",
    ),
    "as many images as the words allow": (
        lambda: claimed_images(ANY, 32 * (len(ANY.payload(STACK)) // 4)), "CorruptionError", "",
    ),
    "a permutation as long as the words allow": (
        lambda: claimed_images(
            KEEP.having_payload(b"\1" * (1 << 20), STACK), 8 << 20, t="iid", p=True
        ),
        "CorruptionError", "makes no sense",
    ),
    "a million blocks of seed": (
        lambda: KEEP.having_shard(0, b=1 << 20).to_bytes(), "CorruptionError", "digest",
    ),
    "a million blocks in each of a thousand shards": (
        lambda: many_shards(1000, 1 << 20), "CorruptionError", "shard 0",
    ),
}  # fmt: skip

REPEATS: dict[str, tuple[Callable[[], bytes], str, str]] = {
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
    "LZMA places for 36 million": (lambda: bomb_of_repeats(2), "TooLargeError", "memory"),
    "an image a hundred million times": (
        lambda: repeated_image(100_000_000), "TooLargeError", "memory",
    ),
}  # fmt: skip

SIDES: dict[str, tuple[Callable[[], bytes], str, str]] = {
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

ATTACKS = {
    f"{kind}: {name}": attack
    for kind, attacks in {
        "header": HEADERS, "sections": SECTIONS, "stack": STACKS, "duplicates": REPEATS,
        "side data": SIDES,
    }.items()
    for name, attack in attacks.items()
}  # fmt: skip


def test_archives_are_taken_apart_and_put_together_again(victim: Capped) -> None:
    """What the attacks are made of is right, so that what is wrong is what they say."""
    for parts in (KEEP, ANY):
        assert victim.open("archive", parts.to_bytes()).text == "63 images, 2 arrays"
    assert victim.open("archive", with_side(side_raw(KEEP.payload(SIDE)))).error == ""
    assert SIGNATURE + KEEP.to_bytes()[8:] == KEEP.to_bytes()


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_archive_is_refused(name: str, victim: Capped) -> None:
    build, error, words = ATTACKS[name]
    outcome = victim.open("archive", build())
    assert outcome.error == error, outcome.text
    assert words in outcome.text
    assert len(outcome.text) < 1000


def test_many_shards_without_an_image_take_no_quadratic_time(victim: Capped) -> None:
    """The limit of time is the assertion: a walk through all sections for each shard breaks it."""
    assert victim.open("archive", many_shards(10_000)).text == "0 images, 0 arrays"
