"""The order of sections, their names and their bytes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from acncodec.container.header import Header
from acncodec.container.sections import (
    CRC,
    FRAME,
    FRAME_BYTES,
    Section,
    SectionType,
    archive_bytes,
    check_payload,
    expected_sections,
    section_name,
)
from acncodec.container.shard_header import ShardHeader
from acncodec.errors import FormatError
from acncodec.images import ImageSpec

HEADER = Header(
    model_id=bytes(32), model_name="m", profile="p", coder="ans", order="keep",
    spec=ImageSpec("x", "uint8", "nhw", (0, 1)), shape=(1, 2, 2),
    shards=(ShardHeader(2, 2, "iid", False, (2,), 1), ShardHeader(3, 2, "iid", False, (2,), 1)),
)  # fmt: skip


def test_a_frame_is_eleven_bytes_and_a_crc_four() -> None:
    assert FRAME.pack(2, 0x0103, 5) == b"\2\3\1\5\0\0\0\0\0\0\0"
    assert CRC.pack(1) == b"\1\0\0\0" and FRAME_BYTES == 15


def test_the_order_follows_the_header() -> None:
    bare = [(SectionType.STACK, 0), (SectionType.DUPLICATES, 1), (SectionType.STACK, 1)]
    assert list(expected_sections(HEADER, with_side=False)) == bare
    labelled = replace(HEADER, labels=(0,))
    first = [(SectionType.SIDE, 0), (SectionType.LABELS, 0)]
    assert list(expected_sections(labelled, with_side=True)) == first + bare


def test_bytes_go_to_their_shards() -> None:
    sections = (
        Section(SectionType.STACK, 0, bytes(4)), Section(SectionType.DUPLICATES, 1, b"ab"),
        Section(SectionType.STACK, 1, bytes(8)),
    )  # fmt: skip
    parts = archive_bytes(HEADER, sections)
    assert parts.stacks == (FRAME_BYTES + 4, FRAME_BYTES + 8)
    assert parts.duplicates == (0, FRAME_BYTES + 2) and parts.side == 0
    assert parts.total == len(HEADER.to_bytes()) + 3 * FRAME_BYTES + 14


@pytest.mark.parametrize(
    ("kind", "shard", "name"),
    [
        (1, 3, "the stack of shard 3"),
        (3, 0, "the side data"),
        (3, 1, "the side data of shard 1"),
        (4, 0, "the labels section"),
        (9, 0, "a section of the unknown type 9"),
    ],
)
def test_names(kind: int, shard: int, name: str) -> None:
    assert section_name(kind, shard) == name


def test_a_stack_of_ans_is_whole_words() -> None:
    check_payload(HEADER, SectionType.STACK, 0, 8, None)
    check_payload(replace(HEADER, coder="torchac"), SectionType.STACK, 0, 7, None)
    check_payload(HEADER, SectionType.DUPLICATES, 0, 7, None)
    with pytest.raises(FormatError, match=r"stack of shard 1: 7 bytes are no whole words .*99"):
        check_payload(HEADER, SectionType.STACK, 1, 7, 99)
