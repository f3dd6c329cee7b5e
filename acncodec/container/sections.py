"""The sections of an .acn file: their types, their frames, their order.

    u8 type | u16 shard | u64 length | payload | u32 CRC-32 of all four (little-endian)

Side data comes first if there is any, then the labels if the header names some, then the models
that the header says are embedded, then for each shard its duplicates if it has any, and its stack.
So the last section of every archive is a stack, and a file cut short anywhere, between two
sections too, is known to be.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from acncodec.container.header import Header
from acncodec.errors import FormatError

FRAME: Final = struct.Struct("<BHQ")
"""What stands before a payload: type, shard, length."""

CRC: Final = struct.Struct("<I")
"""What stands behind it."""

FRAME_BYTES: Final = FRAME.size + CRC.size
"""What a section takes beside its payload."""

STACK_UNIT_BYTES: Final = {"ans": 4}
"""What a stack comes in whole multiples of, for coders that have such a unit."""


class SectionType(IntEnum):
    """What a section holds."""

    STACK = 1
    DUPLICATES = 2
    SIDE = 3
    LABELS = 4
    MODEL = 7


@dataclass(frozen=True)
class Section:
    """A section: its type, the shard it belongs to (0 for side data and labels; of a model, which
    one it is), its content."""

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
class ArchiveBytes:
    """Where an archive's bytes go; sections with their frames, one entry a shard; labels are
    side data too, and `models` are those that are embedded."""

    header: int
    stacks: tuple[int, ...]
    duplicates: tuple[int, ...]
    side: int
    models: int = 0

    @property
    def total(self) -> int:
        """All bytes of the file."""
        return self.header + sum(self.stacks) + sum(self.duplicates) + self.side + self.models


def archive_bytes(header: Header, sections: Sequence[Section | SectionInfo]) -> ArchiveBytes:
    """Account for every byte of the archive made of `header` and `sections`."""
    stacks = [0] * len(header.shards)
    duplicates = [0] * len(header.shards)
    side = models = 0
    for section in sections:
        if section.kind == SectionType.STACK:
            stacks[section.shard] += section.file_bytes
        elif section.kind == SectionType.DUPLICATES:
            duplicates[section.shard] += section.file_bytes
        elif section.kind == SectionType.MODEL:
            models += section.file_bytes
        else:
            side += section.file_bytes
    return ArchiveBytes(len(header.to_bytes()), tuple(stacks), tuple(duplicates), side, models)


def expected_sections(header: Header, *, with_side: bool) -> Iterator[tuple[int, int]]:
    """(type, shard) of the sections that `header` calls for, in the order of the file."""
    if with_side:
        yield SectionType.SIDE, 0
    if header.labels:
        yield SectionType.LABELS, 0
    for place in header.embedded:
        yield SectionType.MODEL, place
    for index, shard in enumerate(header.shards):
        if shard.distinct < shard.count:
            yield SectionType.DUPLICATES, index
        yield SectionType.STACK, index


def section_name(kind: int, shard: int) -> str:
    """What messages call a section."""
    if kind not in tuple(SectionType):
        return f"a section of the unknown type {kind}"
    if kind == SectionType.MODEL:
        return f"the model {shard}"
    names = {
        SectionType.STACK: "stack",
        SectionType.DUPLICATES: "duplicates",
        SectionType.SIDE: "side data",
        SectionType.LABELS: "labels section",
    }
    name = names[SectionType(kind)]
    whole = kind in (SectionType.SIDE, SectionType.LABELS) and shard == 0
    return f"the {name}" if whole else f"the {name} of shard {shard}"


def check_payload(header: Header, kind: int, shard: int, length: int, offset: int | None) -> None:
    """Raise `FormatError` on a stack that its coder cannot have written.

    offset: where the section's frame lies in the file, for the message; None while writing.
    """
    where = "" if offset is None else f" (offset {offset})"
    if kind == SectionType.STACK and length % STACK_UNIT_BYTES.get(header.coder, 1):
        raise FormatError(f"{section_name(kind, shard)}: {length} bytes are no whole words{where}")
