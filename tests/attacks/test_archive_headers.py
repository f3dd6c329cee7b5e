"""Hostile headers of archives: each is refused for its own reason, in little memory and time."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from capped import Capped
from forge import deflate, head
from hostile import ANY, BODY, FRAMES, KEEP, Attack, claimed_images, refused

pytestmark = pytest.mark.timeout(120)


def with_body(text: str | bytes) -> bytes:
    """An archive whose header's JSON is `text`."""
    raw = text if isinstance(text, bytes) else text.encode()
    return head(deflate(raw), KEEP.model_id) + FRAMES


def nested(depth: int) -> str:
    """A header whose shards are nested in one another."""
    return json.dumps(KEEP.fields | {"h": 0})[:-2] + "[" * depth + "]" * depth + "}"


def with_list(key: str, entry: str, count: int) -> str:
    """A header in which the list called `key` has `count` times the same entry."""
    text = json.dumps(
        KEEP.having_shard(0, z="z").fields if key == "z" else KEEP.having(h="h").fields
    )
    return text.replace(f'"{key}": "{key}"', f'"{key}":[' + f"{entry}," * (count - 1) + entry + "]")


HEADERS: dict[str, Attack] = {
    "nothing": (lambda: b"", "FormatError", "the file is empty"),
    "another signature": (
        lambda: b"\x89PNG\r\n\x1a\n" + KEEP.to_bytes()[8:], "FormatError", "wrong signature",
    ),
    "a model file": (
        lambda: b"P&\0\0\0\0\0\0" + b'{"__metadata__":{}}', "FormatError", "models show",
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


@pytest.mark.parametrize("name", HEADERS)
def test_a_hostile_header_is_refused(name: str, victim: Capped) -> None:
    refused(HEADERS[name], victim)
