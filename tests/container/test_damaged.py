"""What a damaged file still holds: every whole section, and nothing else."""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from forge import framed

from acncodec.container.archive_file import read_header
from acncodec.container.archive_writer import write_archive
from acncodec.container.damaged import Damaged, read_damaged
from acncodec.container.header import Header
from acncodec.container.sections import Section
from acncodec.container.shard_header import ShardHeader
from acncodec.errors import CorruptionError, FormatError
from acncodec.images import ImageSpec

HEADER = Header(
    model_id=bytes(32), model_name="m", profile="int15", coder="ans", order="keep",
    spec=ImageSpec("x", "uint8", "nhw", (0, 1)), shape=(1, 2, 2),
    shards=tuple(ShardHeader(3, 2, "iid", False, (2,), 1) for _ in range(3)),
)  # fmt: skip
SECTIONS = (
    (3, 0, b"side data"),
    *((kind, shard, bytes([65 + shard] * 8)) for shard in range(3) for kind in (2, 1)),
)


def written(sections: tuple[tuple[int, int, bytes], ...] = SECTIONS) -> bytes:
    file = io.BytesIO()
    write_archive(file, HEADER, [Section(*section) for section in sections])
    return file.getvalue()


DATA = written()
HEAD = len(HEADER.to_bytes())
STARTS = [info.offset for info in read_header(io.BytesIO(DATA)).sections]
ENDS = [*STARTS[1:], len(DATA)]


Read = Callable[[bytes], Damaged]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read bytes as a damaged archive."""

    def from_bytes(data: bytes) -> Damaged:
        path = tmp_path / "a.acn"
        path.write_bytes(data)
        return read_damaged(path)

    return from_bytes


def kept(damaged: Damaged) -> list[tuple[int, int, bytes]]:
    return [(it.kind, it.shard, it.payload) for it in damaged.archive.sections]


def test_a_whole_file_is_read_as_it_is(read: Read) -> None:
    assert kept(read(DATA)) == list(SECTIONS) and not read(DATA).side_lost
    plain = read(written(SECTIONS[1:]))
    assert kept(plain) == list(SECTIONS[1:]) and not plain.side_lost
    assert kept(read(DATA + b"more")) == list(SECTIONS)


def test_a_cut_leaves_what_is_before_it(read: Read) -> None:
    for length in range(HEAD, len(DATA)):
        whole = [s for s, end in zip(SECTIONS, ENDS, strict=True) if end <= length]
        damaged = read(DATA[:length])
        assert kept(damaged) == whole
        assert damaged.side_lost == (length < ENDS[0])


def test_a_wrong_byte_costs_its_section_alone(read: Read) -> None:
    """Wherever it is: in the length too, which misleads whoever trusts it."""
    for at in range(HEAD, len(DATA)):
        for flip in (1, 0x80):
            wrong = DATA[:at] + bytes([DATA[at] ^ flip]) + DATA[at + 1 :]
            others = [s for s, a, b in zip(SECTIONS, STARTS, ENDS, strict=True) if not a <= at < b]
            assert kept(read(wrong)) == others


@pytest.mark.parametrize("more", [b"", b"\x01", bytes(100), b"\x03\0\0\x05\0\0\0\0\0\0\0hello"])
def test_lost_and_added_bytes_cost_their_section_alone(read: Read, more: bytes) -> None:
    for at in range(HEAD, len(DATA)):
        shifted = DATA[:at] + more + DATA[at + (not more) :]
        hit = [a <= at < b if not more else a < at < b for a, b in zip(STARTS, ENDS, strict=True)]
        others = [s for s, was_hit in zip(SECTIONS, hit, strict=True) if not was_hit]
        found = kept(read(shifted))
        # A byte beside its like leaves the section it was put into whole.
        assert [section for section in found if section in others] == others
        assert [section for section in SECTIONS if section in found] == found


def test_a_section_inside_a_damaged_one_is_not_taken_for_the_outer_one(read: Read) -> None:
    """Side data may hold another archive, whose sections are whole and mean something else."""
    inner = framed((1, 0, b"WRONGONE"))
    data = bytearray(written(((3, 0, b"some" + inner + b"more"), *SECTIONS[1:])))
    data[HEAD + 11] ^= 1
    assert kept(read(bytes(data))) == list(SECTIONS[1:])


def test_a_stack_of_no_whole_words_is_not_whole(read: Read) -> None:
    half = b"".join(framed((kind, shard, data[:-1])) for kind, shard, data in SECTIONS)
    assert [section[0] for section in kept(read(DATA[:HEAD] + half))] == [3, 2, 2, 2]


def test_a_file_made_of_frames_takes_no_quadratic_time(read: Read) -> None:
    """Every frame of this one claims the whole rest of the file."""
    size = 1 << 20
    frames = b"".join(
        struct.pack("<BHQ", 2, 0, size - at - 15) for at in range(0, size - 26, 11)
    ).ljust(size, b"\0")
    assert kept(read(DATA[:HEAD] + frames)) == []


def test_without_its_header_nothing_has_a_meaning(read: Read, tmp_path: Path) -> None:
    for length in range(HEAD):
        with pytest.raises(FormatError):
            read(DATA[:length])
    with pytest.raises(CorruptionError):
        read(DATA[: HEAD - 1] + b"?" + DATA[HEAD:])
    with pytest.raises(FormatError, match="cannot be read: No such file"):
        read_damaged(tmp_path / "missing")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FormatError, match="not a regular file"):
        read_damaged(tmp_path / "pipe")
