from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import pytest
from small_archive import DATA, HEAD, HEADER, raw

from acncodec.container.archive_file import read_archive, read_header
from acncodec.errors import CorruptionError, FormatError


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
