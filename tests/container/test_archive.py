from __future__ import annotations

import io
import os
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

import acncodec.container
from acncodec.container.archive import read_archive, read_header, write_archive
from acncodec.container.header import Header
from acncodec.container.sections import FRAME_BYTES, Section, SectionType, archive_bytes
from acncodec.container.shard_header import ShardHeader
from acncodec.errors import CorruptionError, FormatError
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
    file = io.BytesIO()
    write_archive(file, header, sections)
    return file.getvalue()


def raw(kind: int, shard: int, payload: bytes) -> bytes:
    data = struct.pack("<BHQ", kind, shard, len(payload)) + payload
    return data + struct.pack("<I", zlib.crc32(data))


DATA = written()
HEAD = HEADER.to_bytes()


def test_public_names() -> None:
    assert acncodec.container.__all__ == [
        *("CODERS", "FORMAT_VERSION", "FRAME_BYTES", "MAX_ALPHA", "MAX_KERNEL"),
        *("ORDERS", "SIGNATURE", "STRATEGIES"),
        *("AnyHeader", "Archive", "ArchiveBytes", "ArchiveFile", "ArchiveInfo", "Header"),
        *("LabelTable", "MixedHeader", "MixedShard", "ModelName", "NewFolder", "Part", "Section"),
        *("SectionInfo", "SectionType", "ShardHeader", "archive_bytes", "atomic_folder"),
        *("atomic_output", "check_folder_target"),
        *("find_duplicates", "pack_counts", "pack_inverse", "pack_side", "pack_tables"),
        *("read_archive", "read_header", "read_section", "table_of"),
        *("unpack_counts", "unpack_inverse", "unpack_side", "unpack_tables", "write_archive"),
    ]


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    path.write_bytes(DATA)
    for source in (path, str(path), io.BytesIO(DATA)):
        archive = read_archive(source)
        assert archive.header == HEADER
        assert archive.sections == SECTIONS
        assert archive.file_bytes == len(DATA)
    assert archive.stack(1) == b"abcd"
    assert (archive.duplicates(0), archive.duplicates(1)) == (b"\0\1", None)
    assert archive.side == b"side data"
    with pytest.raises(FormatError, match="no shard 2"):
        archive.stack(2)


def test_the_bytes_are_as_documented() -> None:
    frames = raw(3, 0, b"side data") + raw(2, 0, b"\0\1") + raw(1, 0, bytes(8))
    assert HEAD + frames + raw(1, 1, b"abcd") == DATA


def test_sections_may_be_given_in_any_order() -> None:
    assert written(HEADER, SECTIONS[::-1]) == DATA
    without_side = io.BytesIO(written(HEADER, (REPEATS, *STACKS)))
    assert read_archive(without_side).side is None


def test_labels_stand_after_the_side_data() -> None:
    header, labels = replace(HEADER, labels=(0,)), Section(SectionType.LABELS, 0, b"labels")
    data = written(header, (labels, *SECTIONS))
    assert (
        data
        == header.to_bytes()
        + raw(3, 0, b"side data")
        + raw(4, 0, b"labels")
        + DATA[len(HEAD) + len(raw(3, 0, b"side data")) :]
    )
    archive = read_archive(io.BytesIO(data))
    assert (archive.labels, archive.side) == (b"labels", b"side data")
    sizes = archive_bytes(header, archive.sections)
    assert sizes.side == 2 * FRAME_BYTES + 9 + 6 and sizes.total == len(data)
    alone = written(header, (labels, *SECTIONS[1:]))
    assert read_archive(io.BytesIO(alone)).side is None
    with pytest.raises(FormatError, match="the labels section is missing"):
        written(header)
    damaged = bytearray(alone)
    damaged[len(header.to_bytes()) + 12] ^= 1
    with pytest.raises(CorruptionError, match="CRC-32 of the labels section"):
        read_archive(io.BytesIO(bytes(damaged)))
    with pytest.raises(FormatError, match="stack of shard 0 stands where the labels section"):
        read_archive(io.BytesIO(header.to_bytes() + raw(1, 0, bytes(8))))


def test_read_header_reads_no_payload() -> None:
    damaged = bytearray(DATA)
    damaged[len(HEAD) + 11] ^= 1  # in the side data
    info = read_header(io.BytesIO(bytes(damaged)))
    assert info.header == HEADER
    assert info.file_bytes == len(DATA)
    keys = [(3, 0, 9), (2, 0, 2), (1, 0, 8), (1, 1, 4)]
    assert [(it.kind, it.shard, it.length) for it in info.sections] == keys
    assert info.sections[0].offset == len(HEAD)
    assert info.sections[-1].offset + info.sections[-1].file_bytes == len(DATA)
    with pytest.raises(CorruptionError, match=r"CRC-32 of the side data .*\(offset \d+\)"):
        read_archive(io.BytesIO(bytes(damaged)))


def test_every_byte_is_accounted_for() -> None:
    table = read_header(io.BytesIO(DATA)).sections
    for sections in (SECTIONS, table):
        parts = archive_bytes(HEADER, sections)
        assert parts.total == len(DATA)
        assert parts.header == len(HEAD)
        assert parts.side == FRAME_BYTES + 9
        assert parts.stacks == (FRAME_BYTES + 8, FRAME_BYTES + 4)
        assert parts.duplicates == (FRAME_BYTES + 2, 0)


def test_truncation_at_every_byte() -> None:
    for length in range(len(DATA)):
        for read in (read_archive, read_header):
            with pytest.raises(FormatError, match=r"offset \d+"):
                read(io.BytesIO(DATA[:length]))


def test_every_flipped_bit() -> None:
    for bit in range(8 * len(DATA)):
        flipped = bytearray(DATA)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(FormatError, match=r"offset \d+"):
            read_archive(io.BytesIO(bytes(flipped)))


STACK_0, STACK_1, DUPLICATES = raw(1, 0, bytes(8)), raw(1, 1, b"abcd"), raw(2, 0, b"\0")


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (b"", "a section is missing"),
        (DUPLICATES + STACK_0 + STACK_1 + b"\0", "1 bytes after the last section"),
        (DUPLICATES + STACK_0 + STACK_1 + STACK_1, "19 bytes after"),
        (DUPLICATES + STACK_0 + STACK_0, "stack of shard 0 stands where the stack of shard 1"),
        (DUPLICATES + STACK_1 + STACK_0, "stack of shard 1 stands where the stack of shard 0"),
        (STACK_0 + STACK_1, "stack of shard 0 stands where the duplicates of shard 0"),
        (DUPLICATES * 2, "duplicates of shard 0 stands where the stack"),
        (DUPLICATES + STACK_0 + raw(2, 1, b"\0") + STACK_1, "duplicates of shard 1 stands"),
        (DUPLICATES + STACK_0 + STACK_1 + raw(3, 0, b""), "15 bytes after"),
        (raw(3, 1, b"") + DUPLICATES + STACK_0, "side data of shard 1 stands where the side data"),
        (raw(9, 0, b"abc"), "unknown type 9"),
        (raw(0, 0, b"abc"), "unknown type 0"),
        (DUPLICATES + raw(1, 0, bytes(7)) + STACK_1, "7 bytes are no whole words"),
        (struct.pack("<BHQ", 2, 0, (1 << 64) - 1) + bytes(9), "18446744073709551615 bytes, but 5"),
    ],
)
def test_wrong_sections(sections: bytes, message: str) -> None:
    for read in (read_archive, read_header):
        with pytest.raises(FormatError, match=message + r".*\(offset \d+\)"):
            read(io.BytesIO(HEAD + sections))


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        (STACKS, "duplicates of shard 0 is missing"),
        (SECTIONS[:-1], "stack of shard 1 is missing"),
        ((*SECTIONS, STACKS[0]), "twice"),
        ((*SECTIONS, Section(1, 2, b"")), "stack of shard 2 does not belong"),
        ((*SECTIONS, Section(2, 1, b"")), "duplicates of shard 1 does not belong"),
        ((*SECTIONS, Section(4, 0, b"")), "the labels section does not belong"),
        ((*SECTIONS, Section(7, 0, b"")), "the model 0 does not belong"),
        ((*SECTIONS, Section(8, 0, b"")), "unknown type 8 does not belong"),
        ((REPEATS, Section(1, 0, b"abc"), STACKS[1]), "no whole words"),
    ],
)
def test_wrong_sections_are_not_written(sections: tuple[Section, ...], message: str) -> None:
    file = io.BytesIO()
    with pytest.raises(FormatError, match=message):
        write_archive(file, HEADER, sections)
    assert file.getvalue() == b""


def test_bad_paths(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    for name, message in (
        ("missing", "No such file"),
        ("", "not a regular file"),
        ("pipe", "not a regular file"),
        ("empty", "the file is empty"),
    ):
        for read in (read_archive, read_header):
            with pytest.raises(FormatError, match=message):
                read(tmp_path / name)
