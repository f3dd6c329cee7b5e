"""What is known of an .acn file once it was read: all of it, or what stands beside its payloads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from acncodec.container.header import Header
from acncodec.container.headers import AnyHeader, uniform_header
from acncodec.container.sections import Section, SectionInfo, SectionType, shard_sections
from acncodec.errors import FormatError


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
