"""The .acn file as a whole: a header, then sections, each with its length and its CRC-32.

    u8 type | u16 shard | u64 length | payload | u32 CRC-32 of all four (little-endian)

Side data comes first if there is any, then the labels if the header names some, then for each
shard its duplicates if it has any, and its stack. So the last section of every archive is a stack,
and a file cut short anywhere, between two sections too, is known to be.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Final

from acncodec.container.header import PREFIX_BYTES, Header, header_bytes
from acncodec.errors import CorruptionError, FormatError

_FRAME = struct.Struct("<BHQ")
_CRC = struct.Struct("<I")
FRAME_BYTES: Final = _FRAME.size + _CRC.size
"""What a section takes beside its payload."""

STACK_UNIT_BYTES: Final = {"ans": 4}
"""What a stack comes in whole multiples of, for coders that have such a unit."""


class SectionType(IntEnum):
    """What a section holds."""

    STACK = 1
    DUPLICATES = 2
    SIDE = 3
    LABELS = 4


@dataclass(frozen=True)
class Section:
    """A section: its type, the shard it belongs to (0 for side data and labels), its content."""

    kind: int
    shard: int
    payload: bytes

    @property
    def file_bytes(self) -> int:
        """Bytes it takes in the file, its frame included."""
        return FRAME_BYTES + len(self.payload)


@dataclass(frozen=True)
class SectionInfo:
    """A section seen from outside: `length` bytes of payload; its frame starts at `offset`."""

    kind: int
    shard: int
    length: int
    offset: int

    @property
    def file_bytes(self) -> int:
        """Bytes it takes in the file, its frame included."""
        return FRAME_BYTES + self.length


@dataclass(frozen=True)
class ArchiveInfo:
    """An archive without its payloads, none of which was read or checked."""

    header: Header
    sections: tuple[SectionInfo, ...]
    file_bytes: int


@dataclass(frozen=True)
class Archive:
    """An archive, the CRC of each section checked; all sections, or those that were asked for, in
    the order of the file."""

    header: Header
    sections: tuple[Section, ...]
    file_bytes: int

    def stack(self, shard: int) -> bytes:
        """A shard's stack as its coder stores it: with `ans`, little-endian u32 words.

        Raises:
            FormatError: there is no such shard.
        """
        payload = self._find(SectionType.STACK, shard)
        if payload is None:
            raise FormatError(f"there is no shard {shard}")
        return payload

    def has_stack(self, shard: int) -> bool:
        """Whether the stack of a shard is there; a strict reader has all of them."""
        return self._find(SectionType.STACK, shard) is not None

    def duplicates(self, shard: int) -> bytes | None:
        """The packed duplicates of a shard, or None if it has none."""
        return self._find(SectionType.DUPLICATES, shard)

    @property
    def side(self) -> bytes | None:
        """The packed side data, or None if there is none."""
        return self._find(SectionType.SIDE, 0)

    @property
    def labels(self) -> bytes | None:
        """The packed labels, or None if there are none."""
        return self._find(SectionType.LABELS, 0)

    @cached_property
    def _payloads(self) -> dict[tuple[int, int], bytes]:
        return {(section.kind, section.shard): section.payload for section in self.sections}

    def _find(self, kind: int, shard: int) -> bytes | None:
        return self._payloads.get((kind, shard))


@dataclass(frozen=True)
class ArchiveBytes:
    """Where an archive's bytes go; sections with their frames, one entry a shard; labels are
    side data too."""

    header: int
    stacks: tuple[int, ...]
    duplicates: tuple[int, ...]
    side: int

    @property
    def total(self) -> int:
        """All bytes of the file."""
        return self.header + sum(self.stacks) + sum(self.duplicates) + self.side


def archive_bytes(header: Header, sections: Sequence[Section | SectionInfo]) -> ArchiveBytes:
    """Account for every byte of the archive made of `header` and `sections`."""
    stacks = [0] * len(header.shards)
    duplicates = [0] * len(header.shards)
    side = 0
    for section in sections:
        if section.kind == SectionType.STACK:
            stacks[section.shard] += section.file_bytes
        elif section.kind == SectionType.DUPLICATES:
            duplicates[section.shard] += section.file_bytes
        else:
            side += section.file_bytes
    return ArchiveBytes(len(header.to_bytes()), tuple(stacks), tuple(duplicates), side)


def write_archive(file: BinaryIO, header: Header, sections: Sequence[Section]) -> None:
    """Write an archive; the sections may come in any order.

    Raises:
        FormatError: a section is missing, superfluous, there twice, or of an unknown type.
    """
    by_key = {(section.kind, section.shard): section for section in sections}
    if len(by_key) < len(sections):
        raise FormatError("a section is there twice")
    chosen = []
    for key in expected_sections(header, with_side=(SectionType.SIDE, 0) in by_key):
        section = by_key.pop(key, None)
        if section is None:
            raise FormatError(f"{_name(*key)} is missing")
        _check_payload(header, section.kind, section.shard, len(section.payload), None)
        chosen.append(section)
    for kind, shard in by_key:
        raise FormatError(f"{_name(kind, shard)} does not belong here")
    file.write(header.to_bytes())
    for section in chosen:
        frame = _FRAME.pack(section.kind, section.shard, len(section.payload))
        file.write(frame)
        file.write(section.payload)
        file.write(_CRC.pack(zlib.crc32(section.payload, zlib.crc32(frame))))


def read_archive(source: Path | str | BinaryIO, shards: Collection[int] | None = None) -> Archive:
    """Read and check a whole archive.

    Args:
        source: a path, or a seekable binary file that is read from its start.
        shards: if given, only the sections of these shards, and those that belong to none, are
            read and checked; of the others only the frames are looked at.

    Raises:
        FormatError: unreadable, no archive, an unknown version, truncated, or malformed.
        CorruptionError: a CRC does not match.
    """
    with _opened(source) as (file, size):
        header, start = _read_header(file, size)
        sections = []
        for info in _walk(file, header, start, size):
            of_a_shard = info.kind in (SectionType.STACK, SectionType.DUPLICATES)
            if shards is not None and of_a_shard and info.shard not in shards:
                continue
            payload = _read(file, info.length, info.offset + _FRAME.size)
            end = info.offset + _FRAME.size + info.length
            (crc,) = _CRC.unpack(_read(file, _CRC.size, end))
            frame = _FRAME.pack(info.kind, info.shard, info.length)
            if zlib.crc32(payload, zlib.crc32(frame)) != crc:
                name = _name(info.kind, info.shard)
                raise CorruptionError(f"the CRC-32 of {name} does not match (offset {end})")
            sections.append(Section(info.kind, info.shard, payload))
        return Archive(header, tuple(sections), size)


def read_header(source: Path | str | BinaryIO) -> ArchiveInfo:
    """Read the header and the table of sections, and no payload.

    Args:
        source: a path, or a seekable binary file that is read from its start.

    Raises:
        FormatError: unreadable, no archive, an unknown version, truncated, or malformed.
        CorruptionError: the header's CRC does not match; those of sections are not looked at.
    """
    with _opened(source) as (file, size):
        header, start = _read_header(file, size)
        return ArchiveInfo(header, tuple(_walk(file, header, start, size)), size)


def expected_sections(header: Header, *, with_side: bool) -> Iterator[tuple[int, int]]:
    """The sections that `header` calls for, in the order of the file."""
    if with_side:
        yield SectionType.SIDE, 0
    if header.labels:
        yield SectionType.LABELS, 0
    for index, shard in enumerate(header.shards):
        if shard.distinct < shard.count:
            yield SectionType.DUPLICATES, index
        yield SectionType.STACK, index


def _name(kind: int, shard: int) -> str:
    if kind not in tuple(SectionType):
        return f"a section of the unknown type {kind}"
    names = {
        SectionType.STACK: "stack",
        SectionType.DUPLICATES: "duplicates",
        SectionType.SIDE: "side data",
        SectionType.LABELS: "labels section",
    }
    name = names[SectionType(kind)]
    whole = kind in (SectionType.SIDE, SectionType.LABELS) and shard == 0
    return f"the {name}" if whole else f"the {name} of shard {shard}"


def _check_payload(header: Header, kind: int, shard: int, length: int, offset: int | None) -> None:
    where = "" if offset is None else f" (offset {offset})"
    if kind == SectionType.STACK and length % STACK_UNIT_BYTES.get(header.coder, 1):
        raise FormatError(f"{_name(kind, shard)}: {length} bytes are no whole words{where}")


@contextmanager
def _opened(source: Path | str | BinaryIO) -> Iterator[tuple[BinaryIO, int]]:
    """Give a binary file and its size."""
    try:
        if isinstance(source, Path | str):
            path = Path(source)
            if path.exists() and not path.is_file():
                raise FormatError("cannot be read: not a regular file")
            with path.open("rb") as file:
                yield file, os.fstat(file.fileno()).st_size
        else:
            size = source.seek(0, os.SEEK_END)
            yield source, size
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}") from error


def _read(file: BinaryIO, length: int, offset: int) -> bytes:
    """Read `length` bytes at `offset`; the caller knows that they are there."""
    file.seek(offset)
    data = file.read(length)
    if len(data) < length:
        raise FormatError(f"truncated while it was read (offset {offset + len(data)})")
    return data


def _read_header(file: BinaryIO, size: int) -> tuple[Header, int]:
    """The header, and where it ends."""
    length = header_bytes(_read(file, min(size, PREFIX_BYTES), 0))
    if length > size:
        raise FormatError(f"the header is truncated (offset {size})")
    return Header.from_bytes(_read(file, length, 0)), length


def _walk(file: BinaryIO, header: Header, start: int, size: int) -> Iterator[SectionInfo]:
    """Go from frame to frame; each is the one that must be there, and lies within the file."""
    offset = start
    info = _read_frame(file, offset, size)
    for kind, shard in expected_sections(header, with_side=info.kind == SectionType.SIDE):
        info = _read_frame(file, offset, size)
        if (info.kind, info.shard) != (kind, shard):
            found, due = _name(info.kind, info.shard), _name(kind, shard)
            raise FormatError(f"{found} stands where {due} should (offset {offset})")
        _check_payload(header, kind, shard, info.length, offset)
        yield info
        offset += info.file_bytes
    if offset != size:
        raise FormatError(f"{size - offset} bytes after the last section (offset {offset})")


def _read_frame(file: BinaryIO, offset: int, size: int) -> SectionInfo:
    if size - offset < FRAME_BYTES:
        raise FormatError(f"truncated: a section is missing (offset {size})")
    kind, shard, length = _FRAME.unpack(_read(file, _FRAME.size, offset))
    if kind not in tuple(SectionType):
        raise FormatError(f"{_name(kind, shard)} (offset {offset})")
    if length > size - offset - FRAME_BYTES:
        raise FormatError(
            f"truncated: {_name(kind, shard)} takes {length} bytes, but"
            f" {size - offset - FRAME_BYTES} are left (offset {size})"
        )
    return SectionInfo(kind, shard, length, offset)
