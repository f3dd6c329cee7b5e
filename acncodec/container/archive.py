"""The .acn file as a whole, written and read strictly: a header, then the sections it calls for."""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol

from acncodec.container.head import PREFIX_BYTES, header_bytes
from acncodec.container.header import Header
from acncodec.container.headers import AnyHeader, header_from_bytes, uniform_header
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
    shard_sections,
    wanted_sections,
)
from acncodec.errors import CorruptionError, FormatError


@dataclass(frozen=True)
class ArchiveInfo:
    """An archive without its payloads, none of which was read or checked."""

    header: AnyHeader
    sections: tuple[SectionInfo, ...]
    file_bytes: int

    @property
    def uniform(self) -> Header:
        """The header of a set of one shape. Raises `FormatError` for a mixed set."""
        return uniform_header(self.header)


@dataclass(frozen=True)
class Archive:
    """An archive, the CRC of each section checked; all sections, or those that were asked for, in
    the order of the file."""

    header: AnyHeader
    sections: tuple[Section, ...]
    file_bytes: int

    @property
    def uniform(self) -> Header:
        """The header of a set of one shape. Raises `FormatError` for a mixed set."""
        return uniform_header(self.header)

    def stack(self, shard: int) -> bytes:
        """A shard's stack as its coder stores it: with `ans`, little-endian u32 words. In a mixed
        set, that of a part, by its number among those of all shards.

        Raises:
            FormatError: there is no such shard.
        """
        payload = self._find(SectionType.STACK, shard)
        if payload is None:
            raise FormatError(f"there is no shard {shard}")
        return payload

    def of_shard(self, index: int) -> tuple[Section, ...]:
        """The sections of a shard, as far as they are there."""
        found = []
        for kind, number in shard_sections(self.header, index):
            payload = self._find(kind, number)
            if payload is not None:
                found.append(Section(kind, number, payload))
        return tuple(found)

    def has_stack(self, shard: int) -> bool:
        """Whether the stack of a shard is there; a strict reader has all of them."""
        return self._find(SectionType.STACK, shard) is not None

    def duplicates(self, shard: int) -> bytes | None:
        """The packed duplicates of a shard, or None if it has none."""
        return self._find(SectionType.DUPLICATES, shard)

    def stored(self, shard: int) -> bytes | None:
        """The stored images of a shard of a mixed set, or None if it has none."""
        return self._find(SectionType.STORED, shard)

    def arrangement(self, shard: int) -> bytes | None:
        """The arrangement of a shard of a mixed set, or None if it has none."""
        return self._find(SectionType.ARRANGEMENT, shard)

    @property
    def side(self) -> bytes | None:
        """The packed side data, or None if there is none."""
        return self._find(SectionType.SIDE, 0)

    @property
    def labels(self) -> bytes | None:
        """The packed labels, or None if there are none."""
        return self._find(SectionType.LABELS, 0)

    def model(self, number: int) -> bytes | None:
        """A coded model, or None if it is not embedded."""
        return self._find(SectionType.MODEL, number)

    @cached_property
    def _payloads(self) -> dict[tuple[int, int], bytes]:
        return {(section.kind, section.shard): section.payload for section in self.sections}

    def _find(self, kind: int, shard: int) -> bytes | None:
        return self._payloads.get((kind, shard))


class Payload(Protocol):
    """A section that is to be written: a `Section`, or one whose content is read for that."""

    @property
    def kind(self) -> int:
        """Its type."""
        ...

    @property
    def shard(self) -> int:
        """The shard it belongs to."""
        ...

    @property
    def length(self) -> int:
        """Bytes of its content."""
        ...

    @property
    def payload(self) -> bytes:
        """Its content; asked for once."""
        ...


def write_archive(file: BinaryIO, header: AnyHeader, sections: Sequence[Payload]) -> None:
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
            raise FormatError(f"{section_name(*key)} is missing")
        check_payload(header, section.kind, section.shard, section.length, None)
        chosen.append(section)
    for kind, shard in by_key:
        raise FormatError(f"{section_name(kind, shard)} does not belong here")
    file.write(header.to_bytes())
    for section in chosen:
        payload = section.payload
        frame = FRAME.pack(section.kind, section.shard, len(payload))
        file.write(frame)
        file.write(payload)
        file.write(CRC.pack(zlib.crc32(payload, zlib.crc32(frame))))


class ArchiveFile(AbstractContextManager["ArchiveFile"]):
    """An open .acn file: its header, read once, and sections when they are asked for.

    Args:
        source: a path, or a seekable binary file, which is not closed with this.

    Raises:
        FormatError: unreadable, no archive, an unknown version, a malformed header.
        CorruptionError: the header's CRC does not match.
    """

    def __init__(self, source: Path | str | BinaryIO) -> None:
        with ExitStack() as stack, _file_errors():
            if isinstance(source, Path | str):
                path = Path(source)
                if path.exists() and not path.is_file():
                    raise FormatError("cannot be read: not a regular file")
                self._file: BinaryIO = stack.enter_context(path.open("rb"))
            else:
                self._file = source
            self.file_bytes = self._file.seek(0, os.SEEK_END)
            self.header, self.header_bytes = _read_header(self._file, self.file_bytes)
            self._open = stack.pop_all()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, if this opened it."""
        self._open.close()

    @cached_property
    def sections(self) -> tuple[SectionInfo, ...]:
        """The table of sections, none of which is read.

        Raises:
            FormatError: one does not stand where it should, or the file is truncated.
        """
        with _file_errors():
            return tuple(_walk(self._file, self.header, self.header_bytes, self.file_bytes))

    def check(self) -> None:
        """Raise `FormatError` unless every section stands where it should; none is read."""
        len(self.sections)

    def read(self, shards: Collection[int] | None = None, *, beside: bool = True) -> Archive:
        """Read and check the sections of these shards, and, with `beside`, those that belong to
        none; or all.

        Raises:
            FormatError: as `sections`.
            CorruptionError: a CRC does not match.
        """
        wanted = (
            None if shards is None else set(wanted_sections(self.header, shards, beside=beside))
        )
        infos: Iterable[SectionInfo] = self.sections
        if wanted is not None:
            infos = (info for info in infos if (info.kind, info.shard) in wanted)
        with _file_errors():
            sections = tuple(_read_section(self._file, info) for info in infos)
        return Archive(self.header, sections, self.file_bytes)

    def whole(self) -> bytes:
        """All bytes of the file, whatever they are."""
        with _file_errors():
            return _read(self._file, self.file_bytes, 0)


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
    with ArchiveFile(source) as file:
        return file.read(shards)


def read_header(source: Path | str | BinaryIO) -> ArchiveInfo:
    """Read the header and the table of sections, and no payload.

    Args:
        source: a path, or a seekable binary file that is read from its start.

    Raises:
        FormatError: unreadable, no archive, an unknown version, truncated, or malformed.
        CorruptionError: the header's CRC does not match; those of sections are not looked at.
    """
    with ArchiveFile(source) as file:
        return ArchiveInfo(file.header, file.sections, file.file_bytes)


def read_section(path: Path, info: SectionInfo) -> Section:
    """Read and check one section of the archive at `path`, whose table was read before.

    Raises:
        FormatError: unreadable, or cut since then.
        CorruptionError: its CRC does not match.
    """
    with _file_errors(), path.open("rb") as file:
        return _read_section(file, info)


@contextmanager
def _file_errors() -> Iterator[None]:
    """Turn what reading a file may raise into a `FormatError`."""
    try:
        yield
    except OSError as error:
        raise FormatError(f"cannot be read: {error.strerror or error}") from error


def _read_section(file: BinaryIO, info: SectionInfo) -> Section:
    """A section, its CRC checked."""
    payload = _read(file, info.length, info.offset + FRAME.size)
    end = info.offset + FRAME.size + info.length
    (crc,) = CRC.unpack(_read(file, CRC.size, end))
    frame = FRAME.pack(info.kind, info.shard, info.length)
    if zlib.crc32(payload, zlib.crc32(frame)) != crc:
        name = section_name(info.kind, info.shard)
        raise CorruptionError(f"the CRC-32 of {name} does not match (offset {end})")
    return Section(info.kind, info.shard, payload)


def _read(file: BinaryIO, length: int, offset: int) -> bytes:
    """Read `length` bytes at `offset`; the caller knows that they are there."""
    file.seek(offset)
    data = file.read(length)
    if len(data) < length:
        raise FormatError(f"truncated while it was read (offset {offset + len(data)})")
    return data


def _read_header(file: BinaryIO, size: int) -> tuple[AnyHeader, int]:
    """The header, and where it ends."""
    length = header_bytes(_read(file, min(size, PREFIX_BYTES), 0))
    if length > size:
        raise FormatError(f"the header is truncated (offset {size})")
    return header_from_bytes(_read(file, length, 0)), length


def _walk(file: BinaryIO, header: AnyHeader, start: int, size: int) -> Iterator[SectionInfo]:
    """Go from frame to frame; each is the one that must be there, and lies within the file."""
    offset = start
    info = _read_frame(file, offset, size)
    for kind, shard in expected_sections(header, with_side=info.kind == SectionType.SIDE):
        info = _read_frame(file, offset, size)
        if (info.kind, info.shard) != (kind, shard):
            found, due = section_name(info.kind, info.shard), section_name(kind, shard)
            raise FormatError(f"{found} stands where {due} should (offset {offset})")
        check_payload(header, kind, shard, info.length, offset)
        yield info
        offset += info.file_bytes
    if offset != size:
        raise FormatError(f"{size - offset} bytes after the last section (offset {offset})")


def _read_frame(file: BinaryIO, offset: int, size: int) -> SectionInfo:
    if size - offset < FRAME_BYTES:
        raise FormatError(f"truncated: a section is missing (offset {size})")
    kind, shard, length = FRAME.unpack(_read(file, FRAME.size, offset))
    if kind not in tuple(SectionType):
        raise FormatError(f"{section_name(kind, shard)} (offset {offset})")
    if length > size - offset - FRAME_BYTES:
        raise FormatError(
            f"truncated: {section_name(kind, shard)} takes {length} bytes, but"
            f" {size - offset - FRAME_BYTES} are left (offset {size})"
        )
    return SectionInfo(kind, shard, length, offset)
