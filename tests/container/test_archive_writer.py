from __future__ import annotations

import io

import pytest
from small_archive import DATA, HEAD, HEADER, REPEATS, SECTIONS, STACKS, raw, written

from acncodec.container.archive_file import read_archive
from acncodec.container.archive_writer import write_archive
from acncodec.container.sections import Section
from acncodec.errors import FormatError


def test_the_bytes_are_as_documented() -> None:
    frames = raw(3, 0, b"side data") + raw(2, 0, b"\0\1") + raw(1, 0, bytes(8))
    assert HEAD + frames + raw(1, 1, b"abcd") == DATA


def test_sections_may_be_given_in_any_order() -> None:
    assert written(HEADER, SECTIONS[::-1]) == DATA
    without_side = io.BytesIO(written(HEADER, (REPEATS, *STACKS)))
    assert read_archive(without_side).side is None


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
