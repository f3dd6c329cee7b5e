"""Hostile stacks, and counts that they do not bear out."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from capped import Capped
from forge import STACK
from hostile import ANY, KEEP, Attack, claimed_images, refused

pytestmark = pytest.mark.timeout(120)

SEALED = struct.pack("<I", 1)
EMPTY_DIGEST = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


def many_shards(count: int, blocks: int = 1) -> bytes:
    """Shards without an image, each a stack of nothing but its seal and its digest."""
    shard = {"n": 0, "t": "iid", "z": []} | ({"b": blocks} if blocks > 1 else {})
    sections = tuple((STACK, index, EMPTY_DIGEST + SEALED) for index in range(count))
    return replace(KEEP, fields=KEEP.fields | {"h": [shard] * count}, sections=sections).to_bytes()


def stack_of(words: int) -> bytes:
    """An archive with a stack of `words` words of noise."""
    noise = b"".join(struct.pack("<I", 1 + 2654435761 * i % (1 << 31)) for i in range(words))
    return KEEP.having_payload(noise, STACK).to_bytes()


STACKS: dict[str, Attack] = {
    "no words": (
        lambda: KEEP.having_payload(b"", STACK).to_bytes(), "CorruptionError", "too short",
    ),
    "a stack that ends in 0": (
        lambda: KEEP.having_payload(KEEP.payload(STACK) + bytes(4), STACK).to_bytes(),
        "CorruptionError", "its last word is 0",
    ),
    "another stack": (lambda: stack_of(200), "CorruptionError", "shard 0"),
    "a stack with a word more at the bottom": (
        lambda: KEEP.having_payload(b"abcd" + KEEP.payload(STACK), STACK).to_bytes(),
        "CorruptionError", "digest",
    ),
    "one image more": (lambda: claimed_images(ANY, 61, t="iid"), "CorruptionError", "stack"),
    "more images than there are bits": (
        lambda: claimed_images(ANY, 8 * len(ANY.payload(STACK)) + 1),
        "CorruptionError", "too short",
    ),
    "four million images": (
        lambda: claimed_images(ANY, 4 << 20), "TooLargeError", "--allow-large",
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


@pytest.mark.parametrize("name", STACKS)
def test_a_hostile_stack_is_refused(name: str, victim: Capped) -> None:
    refused(STACKS[name], victim)


def test_many_shards_without_an_image_take_no_quadratic_time(victim: Capped) -> None:
    """The limit of time is the assertion: a walk through all sections for each shard breaks it."""
    assert victim.open("archive", many_shards(10_000)).text == "0 images, 0 arrays"
