"""The sections of a damaged .acn file that are whole.

The strict reader (archive_file.py) refuses the file at the first fault. This one takes each section
whose CRC-32 matches and which stands after the one before it, whatever lies between them: so it
survives wrong bytes, missing and additional ones, and a cut. It proves nothing about the
content; the digests of the shards and of the side data do.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from acncodec.container.archive import Archive
from acncodec.container.archive_file import ArchiveFile
from acncodec.container.headers import AnyHeader
from acncodec.container.sections import (
    CRC,
    FRAME,
    FRAME_BYTES,
    STACK_UNIT_BYTES,
    Section,
    SectionType,
    expected_sections,
)

# A type, two bytes of shard, and a length below 2^40: looked for where a section should begin.
_CANDIDATE: Final = re.compile(rb"(?=[\x01-\x07]..(?:.{5})\0\0\0)", re.DOTALL)

_SEARCH_BYTES: Final = 16
"""CRCs are computed over at most this many times the file; a hostile one gets no more."""


@dataclass(frozen=True)
class Damaged:
    """A damaged archive.

    Attributes:
        archive: the header and the sections that are whole.
        side_lost: whether there was side data, or may have been, that is not whole.
    """

    archive: Archive
    side_lost: bool


def read_damaged(source: Path | str | ArchiveFile) -> Damaged:
    """Read the header, unless it was read already, and every section that is whole.

    Raises:
        FormatError: unreadable, or the header is not whole: without it nothing has a meaning.
        CorruptionError: the header's CRC does not match.
    """
    if not isinstance(source, ArchiveFile):
        with ArchiveFile(source) as file:
            return read_damaged(file)
    data, header, end = source.whole(), source.header, source.header_bytes
    archive = Archive(header, tuple(_whole_sections(data, end, header)), len(data))
    return Damaged(archive, archive.side is None and not _begins_without_side(data, end, header))


def _begins_without_side(data: bytes, start: int, header: AnyHeader) -> bool:
    """Whether the section that comes first without side data follows the header, and the arrays
    that are not in the side data stand where they may without it."""
    frame = _plausible(data, start)
    first = next(expected_sections(header, with_side=False))
    alone = header.labels == tuple(range(len(header.labels)))
    alone = alone and header.spec.position <= len(header.labels)
    return alone and frame is not None and frame[:2] == first


def _whole_sections(data: bytes, start: int, header: AnyHeader) -> Iterator[Section]:
    """Go from section to section, and search where one does not follow another."""
    places = {
        (int(kind), shard): place
        for place, (kind, shard) in enumerate(expected_sections(header, with_side=True))
    }
    place, offset, budget = 0, start, _SEARCH_BYTES * len(data)
    while place < len(places):
        for at in _candidates(data, offset):
            frame = _plausible(data, at)
            if frame is None or places.get(frame[:2], -1) < place:
                continue
            kind, shard, length = frame
            if kind == SectionType.STACK and length % STACK_UNIT_BYTES.get(header.coder, 1):
                continue
            budget -= length
            if budget < 0:
                return
            end = at + FRAME.size + length
            if zlib.crc32(memoryview(data)[at:end]) == CRC.unpack_from(data, end)[0]:
                yield Section(kind, shard, data[at + FRAME.size : end])
                place, offset = places[kind, shard] + 1, end + CRC.size
                break
        else:
            return


def _candidates(data: bytes, offset: int) -> Iterator[int]:
    """Where the next section may begin: first where the frames themselves say, so that a section
    inside another's damaged payload is not taken for one; then everywhere."""
    at, frame = offset, _plausible(data, offset)
    yield at
    while frame is not None:
        at += FRAME_BYTES + frame[2]
        yield at
        frame = _plausible(data, at)
    for match in _CANDIDATE.finditer(data, offset):
        yield match.start()


def _plausible(data: bytes, at: int) -> tuple[int, int, int] | None:
    """The frame (type, shard, length) at `at`, if a section of this length fits there."""
    if len(data) - at < FRAME_BYTES:
        return None
    kind, shard, length = FRAME.unpack_from(data, at)
    if kind not in tuple(SectionType) or length > len(data) - at - FRAME_BYTES:
        return None
    return kind, shard, length
