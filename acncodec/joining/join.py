"""The parts of a set as one archive. Stacks and all else that belongs to a shard are copied as they
are, and no image is decoded: what a part has as its shards, the whole has after those of the parts
before it. Arrays beside the images are joined row by row, and packed anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from acncodec.container import (
    AnyHeader,
    Header,
    MixedHeader,
    MixedShard,
    ModelName,
    Section,
    SectionInfo,
    SectionType,
    pack_side,
    read_section,
    write_archive,
)
from acncodec.container.archive_writer import Payload
from acncodec.container.versions import UNORDERED
from acncodec.errors import FormatError, JoinError, naming
from acncodec.images import SideArray
from acncodec.images.rows import join_rows
from acncodec.joining.models import merged
from acncodec.joining.parts import PartFile
from acncodec.stack.orders import arrangement_bits


@dataclass(frozen=True)
class Joined:
    """What came of it. order_bits: what sets that give their orders up would save in all if each
    was one, not one a shard; side_bytes: of the arrays beside the images, their section's frame
    included."""

    parts: int
    shards: int
    images: int
    file_bytes: int
    side_bytes: int
    order: str
    order_bits: float


@dataclass(frozen=True)
class _Copied:
    """A section of a part, under the number that it has in the whole; read, and checked by its
    CRC-32, when it is written."""

    source: PartFile
    info: SectionInfo
    shard: int

    @property
    def kind(self) -> int:
        """Its type."""
        return self.info.kind

    @property
    def length(self) -> int:
        """Bytes of its content."""
        return self.info.length

    @property
    def payload(self) -> bytes:
        """Its content."""
        with naming(self.source.name):
            return read_section(self.source.path, self.info).payload


def join_parts(parts: Sequence[PartFile], file: BinaryIO) -> Joined:
    """Write the archive of all parts, which are in order (`in_order`).

    Raises `JoinError` where their headers make none together, `FormatError` and `CorruptionError`,
    which name the part, where one is not what it was or was damaged.
    """
    header = _header(parts)
    side = joined_side([part.side for part in parts])
    packed = [Section(SectionType.SIDE, 0, pack_side(side))] if side else []
    sections: list[Payload] = [*packed, *_copied(parts, header)]
    start = file.tell()
    write_archive(file, header, sections)
    return Joined(
        len(parts), len(header.shards), header.count, file.tell() - start,
        sum(one.file_bytes for one in packed), header.order, order_bits(header),
    )  # fmt: skip


def joined_side(sides: Sequence[Sequence[SideArray]]) -> tuple[SideArray, ...]:
    """Arrays of all parts: the rows of aligned ones one after the other, others as they are in each
    part."""
    return tuple(
        replace(entries[0], array=join_rows([entry.array for entry in entries]))
        if entries[0].aligned
        else entries[0]
        for entries in zip(*sides, strict=True)
    )


def order_bits(header: AnyHeader) -> float:
    """How many bits the orders of its images would give back beyond what they do, if those of each
    model that give theirs up were one set: log2 of in how many ways shards can draw their images,
    S shards alike log2 S bits an image."""
    counts: dict[int, list[int]] = {}
    for shard in header.shards:
        codings = (
            [(part.model, part.coding) for part in shard.parts]
            if isinstance(shard, MixedShard)
            else [(0, shard)]
        )
        for model, coding in codings:
            if coding.strategy in UNORDERED:
                counts.setdefault(model, []).append(coding.distinct)
    return sum(map(arrangement_bits, counts.values()))


def _header(parts: Sequence[PartFile]) -> AnyHeader:
    """The header of the whole; its version is the lowest that has all that it uses."""
    headers = [part.header for part in parts]
    uniform = [header for header in headers if isinstance(header, Header)]
    mixed = [header for header in headers if isinstance(header, MixedHeader)]
    try:
        if mixed and uniform:
            raise JoinError("parts with images that are stored or inverted do not go with others")
        if mixed:
            return _mixed_header(mixed)
        shards = tuple(shard for header in uniform for shard in header.shards)
        embedded = max(header.embedded for header in uniform)
        return replace(uniform[0], shards=shards, embedded=embedded, format_version=0)
    except FormatError as error:
        raise JoinError(f"the parts make no archive together: {error}") from error


def _mixed_header(headers: Sequence[MixedHeader]) -> MixedHeader:
    models = merged([header.models for header in headers])
    shards, embedded = [], set()
    for header in headers:
        numbers = _numbers(header, models)
        embedded |= {numbers[number] for number in header.embedded}
        for shard in header.shards:
            parts = tuple(replace(part, model=numbers[part.model]) for part in shard.parts)
            shards.append(replace(shard, parts=parts))
    return replace(
        headers[0], models=models, shards=tuple(shards), embedded=tuple(sorted(embedded)),
        format_version=max(header.format_version for header in headers),
    )  # fmt: skip


def _numbers(header: MixedHeader, models: Sequence[ModelName]) -> list[int]:
    """The number that each model of a part has in the whole."""
    places = {model.model_id: place for place, model in enumerate(models)}
    return [places[model.model_id] for model in header.models]


def _copied(parts: Sequence[PartFile], whole: AnyHeader) -> Iterator[_Copied]:
    """The sections of all parts but side data; a model that several carry is taken once."""
    shards = stacks = 0
    carried: set[int] = set()
    for part in parts:
        header, numbers = part.header, [0]
        count = len(header.shards)
        if isinstance(header, MixedHeader) and isinstance(whole, MixedHeader):
            numbers = _numbers(header, whole.models)
            count = sum(len(shard.parts) for shard in header.shards)
        for info in part.sections:
            if info.kind == SectionType.MODEL:
                number = numbers[info.shard]
                if number not in carried:
                    carried.add(number)
                    yield _Copied(part, info, number)
            elif info.kind == SectionType.STACK:
                yield _Copied(part, info, stacks + info.shard)
            elif info.kind != SectionType.SIDE:
                yield _Copied(part, info, shards + info.shard)
        shards += len(header.shards)
        stacks += count
