"""Sections in an open .acn file: one written with its frame, one read, and the way from frame to
frame, on which each must be the one that the header calls for."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from acncodec.container.headers import AnyHeader
from acncodec.container.sections import (
    CRC,
    FRAME,
    FRAME_BYTES,
    Section,
    SectionInfo,
    SectionType,
    check_payload,
    expected_sections,
    section_name,
)
from acncodec.errors import CorruptionError, FormatError


@contextmanager
def file_errors() -> Iterator[None]:
    """Turn what reading a file may raise into a `FormatError`."""
    try:
        yield
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}") from error


def read_bytes(file: BinaryIO, length: int, offset: int) -> bytes:
    """Read `length` bytes at `offset`; the caller knows that they are there.

    Raises `FormatError` if the file was cut since then.
    """
    file.seek(offset)
    data = file.read(length)
    if len(data) < length:
        raise FormatError(f"truncated while it was read (offset {offset + len(data)})")
    return data


def write_framed(file: BinaryIO, kind: int, shard: int, payload: bytes) -> None:
    """Write a section, its CRC behind it."""
    frame = FRAME.pack(kind, shard, len(payload))
    file.write(frame)
    file.write(payload)
    file.write(CRC.pack(zlib.crc32(payload, zlib.crc32(frame))))


def read_framed(file: BinaryIO, info: SectionInfo) -> Section:
    """A section, its CRC checked.

    Raises:
        FormatError: the file was cut since its frame was seen.
        CorruptionError: the CRC does not match.
    """
    payload = read_bytes(file, info.length, info.offset + FRAME.size)
    end = info.offset + FRAME.size + info.length
    (crc,) = CRC.unpack(read_bytes(file, CRC.size, end))
    frame = FRAME.pack(info.kind, info.shard, info.length)
    if zlib.crc32(payload, zlib.crc32(frame)) != crc:
        name = section_name(info.kind, info.shard)
        raise CorruptionError(f"the CRC-32 of {name} does not match (offset {end})")
    return Section(info.kind, info.shard, payload)


def walk_frames(file: BinaryIO, header: AnyHeader, start: int, size: int) -> Iterator[SectionInfo]:
    """Go from frame to frame, from `start` on in a file of `size` bytes, and read no payload.

    Raises `FormatError` unless each is the one that must be there, and lies within the file.
    """
    offset = start
    info = _frame_at(file, offset, size)
    for kind, shard in expected_sections(header, with_side=info.kind == SectionType.SIDE):
        info = _frame_at(file, offset, size)
        if (info.kind, info.shard) != (kind, shard):
            found, due = section_name(info.kind, info.shard), section_name(kind, shard)
            raise FormatError(f"{found} stands where {due} should (offset {offset})")
        check_payload(header, kind, shard, info.length, offset)
        yield info
        offset += info.file_bytes
    if offset != size:
        raise FormatError(f"{size - offset} bytes after the last section (offset {offset})")


def _frame_at(file: BinaryIO, offset: int, size: int) -> SectionInfo:
    if size - offset < FRAME_BYTES:
        raise FormatError(f"truncated: a section is missing (offset {size})")
    kind, shard, length = FRAME.unpack(read_bytes(file, FRAME.size, offset))
    if kind not in tuple(SectionType):
        raise FormatError(f"{section_name(kind, shard)} (offset {offset})")
    if length > size - offset - FRAME_BYTES:
        raise FormatError(
            f"truncated: {section_name(kind, shard)} takes {length} bytes, but"
            f" {size - offset - FRAME_BYTES} are left (offset {size})"
        )
    return SectionInfo(kind, shard, length, offset)
