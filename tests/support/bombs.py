"""A few bytes that ask for gigabytes or for days, by name: what makes the archive, and words of the
message that refuses it."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from forge import Parts, take_apart
from mixed_forge import DUPLICATES, GOLDEN, KEEP, STACK, one_modelled, one_stored

from acncodec.container.squeeze import DEFLATE, LZMA, LZMA_FILTERS
from acncodec.container.stored import BY_PIXELS
from acncodec.container.stored_forms import BZIP2, Settings, lzma_by

LARGEST_FILE = 1 << 15
"""Bytes of the largest of these archives, at the most."""
GREY = take_apart((GOLDEN / "keep-iid-grey-labels.acn").read_bytes())
MUCH = bytes(1 << 24)
FORMS = {
    "deflate": bytes([DEFLATE]) + zlib.compress(MUCH, 9, wbits=-15),
    "LZMA": bytes([LZMA]) + lzma.compress(MUCH, lzma.FORMAT_RAW, filters=LZMA_FILTERS),
    "bzip2": bytes([BZIP2]) + bz2.compress(MUCH),
    "deflate by pixels": bytes([BY_PIXELS | DEFLATE]) + zlib.compress(MUCH, 9, wbits=-15),
    "LZMA by pixels": bytes([BY_PIXELS | LZMA]) + lzma_by(MUCH, Settings(3, 0, 2)),
    "bzip2 by pixels": bytes([BY_PIXELS | BZIP2]) + bz2.compress(MUCH),
}
"""What stands for 16 MiB, and is claimed to stand for more."""


def grey(shards: list[dict[str, Any]], shape: list[int]) -> Parts:
    """An archive of grey images in shards, each with some words of a stack."""
    payload = GREY.payload(STACK)[:64]
    sections = tuple((STACK, index, payload) for index in range(len(shards)))
    fields = {key: value for key, value in GREY.fields.items() if key not in "ya"}
    return replace(GREY, fields=fields | {"h": shards, "s": shape, "a": 0}, sections=sections)


def huge_class() -> Parts:
    """A mixed set one of whose classes is of 60,000 rows and columns."""
    classes = [list(one) for one in KEEP.fields["k"]]
    classes[-1][2:4] = [60_000, 60_000]
    return KEEP.having(k=classes)


def repeats(count: int) -> Parts:
    """One small stored image, many times."""
    found = one_stored([256, 1, 10, 10], 1, bytes([0, 1]) + bytes(100))
    found = found.having_shard(0, n=count, u=1)
    return replace(found, sections=((DUPLICATES, 0, b"\0"), *found.sections))


BOMBS: dict[str, tuple[Callable[[], Parts], str]] = {
    "an image of 2^32 pixels": (
        lambda: one_modelled([256, 1, 65535, 65535], 1), "an image of 4,294,836,225 pixels",
    ),
    "an image of 2^32 pixels, stored": (
        lambda: one_stored([256, 1, 65535, 65535], 1, FORMS["bzip2"]), "an image of",
    ),
    "eight images of 2^25 pixels": (
        lambda: one_modelled([256, 1, 1 << 12, 1 << 13], 8), "decoding takes about",
    ),
    "many images": (
        lambda: one_modelled([256, 1, 1 << 13, 1 << 12], 200), "images of 6,710,886,400",
    ),
    "one image of 2^24 pixels": (
        lambda: grey([{"n": 1, "t": "iid", "z": [1]}], [1, 1 << 12, 1 << 12]), "takes about",
    ),
    "fifty shards of large images": (
        lambda: grey([{"n": 1, "t": "iid", "z": [1]}] * 50, [1, 1 << 10, 1 << 10]), "takes about",
    ),
    "a mixed set with an image of 60,000 rows": (huge_class, "an image of 3,600,000,000 pixels"),
    "gigabytes of repeats": (lambda: repeats(20_000_000), "images of 2,000,000,000 bytes"),
    **{
        f"stored images, {name}": (
            lambda payload=payload: one_stored([256, 1, 1 << 13, 1 << 13], 30, payload),
            "images of 2,013,265,920 bytes",
        )
        for name, payload in FORMS.items()
    },
}  # fmt: skip
