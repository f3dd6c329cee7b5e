"""Puts .acn files together and takes them apart (docs/FORMAT.md, 2), without the package."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from second_reader.archive import DICTIONARY

Section = tuple[int, int, bytes]
"""Type, number of the shard, payload."""


@dataclass
class AcnFile:
    """A file by what is in it."""

    header: dict[str, Any]
    sections: list[Section]
    identity: bytes = bytes(32)
    version: int = 3

    @classmethod
    def from_bytes(cls, data: bytes) -> AcnFile:
        """A file of version 2 or later."""
        version, length = struct.unpack_from("<HI", data, 8)
        text = zlib.decompressobj(-15, DICTIONARY).decompress(data[46 : 14 + length])
        sections, at = [], 18 + length
        while at < len(data):
            kind, number, size = struct.unpack_from("<BHQ", data, at)
            sections.append((kind, number, data[at + 11 : at + 11 + size]))
            at += 15 + size
        return cls(json.loads(text), sections, data[14:46], version)

    def to_bytes(self) -> bytes:
        """The file, with the CRC-32 of everything right."""
        engine = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=DICTIONARY)
        packed = engine.compress(json.dumps(self.header).encode()) + engine.flush()
        out = b"\x89ACN\r\n\x1a\n" + struct.pack("<HI", self.version, 32 + len(packed))
        out += self.identity + packed
        out += struct.pack("<I", zlib.crc32(out))
        for kind, number, payload in self.sections:
            body = struct.pack("<BHQ", kind, number, len(payload)) + payload
            out += body + struct.pack("<I", zlib.crc32(body))
        return out

    def change(self, kind: int, spoil: Callable[[bytes], bytes]) -> None:
        """Spoil the payload of the first section of a type."""
        at = [found for found, _, _ in self.sections].index(kind)
        kind, number, payload = self.sections[at]
        self.sections[at] = (kind, number, spoil(payload))


def side_payload(arrays: list[tuple[str, np.ndarray, bool]]) -> bytes:
    """The payload of the side data (5) of arrays, each with its name and whether it is aligned."""
    raw = b""
    for name, array, aligned in arrays:
        npy = io.BytesIO()
        np.save(npy, array)
        text, content = name.encode(), npy.getvalue()
        raw += struct.pack("<H", len(text)) + text + struct.pack("<BQ", aligned, len(content))
        raw += content
    return struct.pack("<Q", len(raw)) + hashlib.sha256(raw).digest() + b"\0" + raw
