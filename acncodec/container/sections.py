"""The sections of an .acn file: their types, their frames, their order.

    u8 type | u16 shard | u64 length | payload | u32 CRC-32 of all four (little-endian)

Side data comes first if there is any, then the labels if the header names some, then the models
that the header says are embedded, then for each shard its duplicates if it has any, and its stack;
in a mixed set its duplicates, its arrangement, its stored images and the stacks of its parts. The
header says which of them there are, so that a file cut short anywhere, between two sections too, is
known to be.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from acncodec.container.headers import AnyHeader
from acncodec.container.mixed_header import MixedHeader
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
    STORED = 5
    ARRANGEMENT = 6
    MODEL = 7


@dataclass(frozen=True)
class Section:
    """A section: its type, the shard it belongs to (0 for side data and labels; of a model, which
    one it is; of a stack in a mixed set the number of its part, counted through all shards), its
    content."""

    kind: int
    shard: int
    payload: bytes

    @property
    def length(self) -> int:
        """Bytes of its content."""
        return len(self.payload)

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
    """Where an archive's bytes go, sections with their frames. stacks: one entry a shard, or in a
    mixed set one a part; duplicates, stored (the stored images) and arrangements: one entry a
    shard; labels are side data too, and `models` are those that are embedded."""

    header: int
    stacks: tuple[int, ...]
    duplicates: tuple[int, ...]
    side: int
    stored: tuple[int, ...] = ()
    arrangements: tuple[int, ...] = ()
    models: int = 0

    @property
    def total(self) -> int:
        """All bytes of the file."""
        sections = self.stacks, self.duplicates, self.stored, self.arrangements
        return self.header + self.side + self.models + sum(map(sum, sections))


def archive_bytes(header: AnyHeader, sections: Sequence[Section | SectionInfo]) -> ArchiveBytes:
    """Account for every byte of the archive made of `header` and `sections`."""
    shards = stacks = len(header.shards)
    if isinstance(header, MixedHeader):
        stacks = sum(len(shard.parts) for shard in header.shards)
    found = {kind: [0] * shards for kind in SectionType} | {SectionType.STACK: [0] * stacks}
    found[SectionType.MODEL] = [0] * (1 + max(header.embedded, default=0))
    for section in sections:
        found[SectionType(section.kind)][section.shard] += section.file_bytes
    return ArchiveBytes(
        header=len(header.to_bytes()),
        stacks=tuple(found[SectionType.STACK]),
        duplicates=tuple(found[SectionType.DUPLICATES]),
        side=sum(found[SectionType.SIDE]) + sum(found[SectionType.LABELS]),
        stored=tuple(found[SectionType.STORED]),
        arrangements=tuple(found[SectionType.ARRANGEMENT]),
        models=sum(found[SectionType.MODEL]),
    )


def expected_sections(header: AnyHeader, *, with_side: bool) -> Iterator[tuple[int, int]]:
    """(type, shard) of the sections that `header` calls for, in the order of the file."""
    if with_side:
        yield SectionType.SIDE, 0
    if header.labels:
        yield SectionType.LABELS, 0
    for place in header.embedded:
        yield SectionType.MODEL, place
    for index in range(len(header.shards)):
        yield from shard_sections(header, index)


def shard_sections(header: AnyHeader, index: int) -> Iterator[tuple[int, int]]:
    """(type, shard) of the sections of one shard, in the order of the file."""
    shard = header.shards[index]
    if shard.distinct < shard.count:
        yield SectionType.DUPLICATES, index
    if not isinstance(header, MixedHeader):
        yield SectionType.STACK, index
        return
    mixed, first = header.shards[index], header.first_parts[index]
    if mixed.is_arranged:
        yield SectionType.ARRANGEMENT, index
    if mixed.stored:
        yield SectionType.STORED, index
    for place in range(len(mixed.parts)):
        yield SectionType.STACK, first + place


def wanted_sections(
    header: AnyHeader, shards: Collection[int], *, beside: bool = True
) -> Iterator[tuple[int, int]]:
    """(type, shard) of all sections of some shards, and, with `beside`, of those that belong to
    none."""
    stacks = set(shards)
    if isinstance(header, MixedHeader):
        first_parts = header.first_parts
        stacks = {
            first_parts[shard] + place
            for shard in shards
            for place in range(len(header.shards[shard].parts))
        }
    for kind, number in expected_sections(header, with_side=True):
        whole = kind in (SectionType.SIDE, SectionType.LABELS, SectionType.MODEL)
        if beside if whole else number in (stacks if kind == SectionType.STACK else shards):
            yield kind, number


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
        SectionType.STORED: "stored images",
        SectionType.ARRANGEMENT: "arrangement",
    }
    name = names[SectionType(kind)]
    whole = kind in (SectionType.SIDE, SectionType.LABELS) and shard == 0
    return f"the {name}" if whole else f"the {name} of shard {shard}"


def check_payload(
    header: AnyHeader, kind: int, shard: int, length: int, offset: int | None
) -> None:
    """Raise `FormatError` on a stack that its coder cannot have written.

    offset: where the section's frame lies in the file, for the message; None while writing.
    """
    where = "" if offset is None else f" (offset {offset})"
    if kind == SectionType.STACK and length % STACK_UNIT_BYTES.get(header.coder, 1):
        raise FormatError(f"{section_name(kind, shard)}: {length} bytes are no whole words{where}")
