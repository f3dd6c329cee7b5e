"""Part of `second_reader`: a cursor over bytes, and what is packed in them (2 to 5)."""

from __future__ import annotations

import lzma
import zlib
from typing import Any

from second_reader.fields import Malformed, need


class Bytes:
    """A cursor over bytes, which never runs past their end."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        need(count <= len(self.data) - self.at, "it ends early")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "little")

    def rest(self) -> bytes:
        return self.take(len(self.data) - self.at)

    def check_crc(self, start: int) -> None:
        crc = zlib.crc32(self.data[start : self.at])
        need(self.number(4) == crc, "a CRC-32 does not match")


def unpack(engine: Any, data: bytes, limit: int) -> bytes:
    """All that one stream holds, if that is at most `limit` bytes and nothing follows."""
    try:
        raw: bytes = engine.decompress(data, limit + 1)
    except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
        raise Malformed(f"a broken stream: {error}") from error
    need(len(raw) <= limit, "a stream is longer than it may be")
    need(engine.eof and not engine.unused_data, "a stream does not end where it should")
    return raw


def inflate(data: bytes, limit: int, dictionary: bytes = b"") -> bytes:
    return unpack(zlib.decompressobj(-15, dictionary), data, limit)


def unlzma(data: bytes, limit: int, dictionary: int = 2**20) -> bytes:
    """A raw LZMA2 stream, which looks back no further than `dictionary` bytes."""
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": dictionary}]
    return unpack(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters), data, limit)


def integers(raw: Bytes, count: int, bound: int) -> list[int]:
    """An array by planes, of `count` integers below `bound`."""
    width = next(w for w in (1, 2, 4, 8) if bound <= 2 ** (8 * w))
    planes = [raw.take(count) for _ in range(width)]
    values = [int.from_bytes(bytes(column), "little") for column in zip(*planes, strict=True)]
    need(all(value < bound for value in values), "duplicates: a value is out of range")
    return values
