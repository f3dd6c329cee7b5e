"""An .acn file read strictly: its header, then the sections it calls for."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from acncodec.container.archive import Archive, ArchiveInfo
from acncodec.container.frames import file_errors, read_bytes, read_framed, walk_frames
from acncodec.container.head import PREFIX_BYTES, header_bytes
from acncodec.container.headers import AnyHeader, header_from_bytes
from acncodec.container.sections import Section, SectionInfo, wanted_sections
from acncodec.errors import FormatError


class ArchiveFile(AbstractContextManager["ArchiveFile"]):
    """An open .acn file: its header, read once, and sections when they are asked for.

    Args:
        source: a path, or a seekable binary file, which is not closed with this.

    Raises:
        FormatError: unreadable, no archive, an unknown version, a malformed header.
        CorruptionError: the header's CRC does not match.
    """

    def __init__(self, source: Path | str | BinaryIO) -> None:
        with ExitStack() as stack, file_errors():
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
        with file_errors():
            return tuple(walk_frames(self._file, self.header, self.header_bytes, self.file_bytes))

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
        with file_errors():
            sections = tuple(read_framed(self._file, info) for info in infos)
        return Archive(self.header, sections, self.file_bytes)

    def whole(self) -> bytes:
        """All bytes of the file, whatever they are."""
        with file_errors():
            return read_bytes(self._file, self.file_bytes, 0)


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
    with file_errors(), path.open("rb") as file:
        return read_framed(file, info)


def _read_header(file: BinaryIO, size: int) -> tuple[AnyHeader, int]:
    """The header, and where it ends."""
    length = header_bytes(read_bytes(file, min(size, PREFIX_BYTES), 0))
    if length > size:
        raise FormatError(f"the header is truncated (offset {size})")
    return header_from_bytes(read_bytes(file, length, 0)), length
