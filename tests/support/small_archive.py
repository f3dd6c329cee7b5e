"""An archive of two shards without a model, and its sections made by hand."""

from __future__ import annotations

import io
import struct
import zlib

from acncodec.container.archive_writer import write_archive
from acncodec.container.header import Header
from acncodec.container.sections import Section, SectionType
from acncodec.container.shard_header import ShardHeader
from acncodec.images import ImageSpec

HEADER = Header(
    model_id=bytes(range(32)),
    model_name="m",
    profile="p",
    coder="ans",
    order="keep",
    spec=ImageSpec("x", "uint8", "nhw", (0, 1)),
    shape=(1, 2, 2),
    shards=(
        ShardHeader(3, 2, "iid", False, (2,), 1),
        ShardHeader(2, 2, "tour", False, (1, 1), 1),
    ),
)
SIDE = Section(SectionType.SIDE, 0, b"side data")
REPEATS = Section(SectionType.DUPLICATES, 0, b"\0\1")
STACKS = (Section(SectionType.STACK, 0, bytes(8)), Section(SectionType.STACK, 1, b"abcd"))
SECTIONS = (SIDE, REPEATS, *STACKS)


def written(header: Header = HEADER, sections: tuple[Section, ...] = SECTIONS) -> bytes:
    """The bytes of an archive."""
    file = io.BytesIO()
    write_archive(file, header, sections)
    return file.getvalue()


def raw(kind: int, shard: int, payload: bytes) -> bytes:
    """A section with its frame."""
    data = struct.pack("<BHQ", kind, shard, len(payload)) + payload
    return data + struct.pack("<I", zlib.crc32(data))


DATA = written()
HEAD = HEADER.to_bytes()
