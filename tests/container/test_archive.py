from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from small_archive import DATA, HEAD, HEADER, SECTIONS, raw, written

import acncodec.container
from acncodec.container.archive_file import read_archive, read_header
from acncodec.container.sections import FRAME_BYTES, Section, SectionType, archive_bytes
from acncodec.errors import CorruptionError, FormatError


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


def test_every_byte_is_accounted_for() -> None:
    table = read_header(io.BytesIO(DATA)).sections
    for sections in (SECTIONS, table):
        parts = archive_bytes(HEADER, sections)
        assert parts.total == len(DATA)
        assert parts.header == len(HEAD)
        assert parts.side == FRAME_BYTES + 9
        assert parts.stacks == (FRAME_BYTES + 8, FRAME_BYTES + 4)
        assert parts.duplicates == (FRAME_BYTES + 2, 0)
