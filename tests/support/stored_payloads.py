"""Writes the payloads of stored images (docs/FORMAT.md, 3.1) by hand, in every form and density."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import Any

import numpy as np
from second_reader.images import Kind


def stored_payload(way: bytes, rows: list[Any], kinds: list[Kind]) -> bytes:
    """The stored images of a shard.

    Args:
        way: the flag (from 4 on by pixels), then samples a byte of each class, or 3; none: 1.
        rows: the images, each with its level indexes (C, H, W), in the order of their numbers.
        kinds: those of the archive.
    """
    form, densities = way[0], way[1:]
    by_pixels = form > 3
    classes = sorted({image.kind for image, _, _ in rows})
    raw = densities = densities or bytes([1] * len(classes))
    for kind, density in zip(classes, densities, strict=True):
        group = np.array([x for image, x, _ in rows if image.kind == kind])
        group = np.moveaxis(group, 1, 3) if by_pixels else group
        if by_pixels and density == 3:
            raw += differences(group)
        elif density > 1:
            raw += packed(group, density)
        elif kinds[kind].levels <= 256:
            raw += group.astype("u1").tobytes()
        elif by_pixels:
            raw += group.astype("<u2").tobytes()
        else:
            raw += (group % 256).astype("u1").tobytes() + (group // 256).astype("u1").tobytes()
    return bytes([form]) + compressed(raw, form % 4)


def differences(x: np.ndarray) -> bytes:
    """Pixels (..., C) of 3 or 4 channels as four bytes each."""
    out = np.zeros((*x.shape[:-1], 4), np.int64)
    out[..., : x.shape[-1]] = x
    out[..., [0, 2]] -= out[..., [1]]
    return (out % 256).astype("u1").tobytes()


def packed(x: np.ndarray, density: int) -> bytes:
    """The samples of images, several in each byte, the first in the highest bits."""
    bits = "".join(f"{int(v):0{8 // density}b}" for v in x.ravel())
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def compressed(raw: bytes, form: int) -> bytes:
    if form == 1:
        engine = zlib.compressobj(9, zlib.DEFLATED, -15)
        return engine.compress(raw) + engine.flush()
    if form == 2:
        filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**20}]
        return lzma.compress(raw, lzma.FORMAT_RAW, filters=filters)
    return bz2.compress(raw) if form == 3 else raw
