from __future__ import annotations

import json

import numpy as np
import pytest

from acncodec.errors import FormatError
from acncodec.images import SideArray
from acncodec.joining.part import ARRAY, MAX_BYTES, Part, part_among

PART = Part(2, 5, 400, 1000, "ab" * 32, {"ordering": "auto", "shard-size": 50})
FIELDS = {
    "part": 2, "of": 5, "first": 400, "images": 1000, "set": "ab" * 32,
    "options": {"ordering": "auto", "shard-size": 50},
}  # fmt: skip


def said(fields: object) -> list[SideArray]:
    text = json.dumps(fields).encode()
    return [SideArray(ARRAY, np.frombuffer(text, np.uint8), aligned=False)]


def test_a_part_comes_back_from_the_last_array() -> None:
    other = SideArray("y", np.arange(3), aligned=True)
    assert part_among([other, PART.to_side()]) == PART == part_among(said(FIELDS))
    assert PART.name == "part 2 of 5"


def test_other_archives_are_no_parts() -> None:
    other = SideArray("y", np.arange(3), aligned=True)
    aligned = SideArray(ARRAY, PART.to_side().array, aligned=True)
    for side in ([], [other], [PART.to_side(), other], [aligned]):
        assert part_among(side) is None


@pytest.mark.parametrize(
    "change",
    [
        {"part": 0}, {"part": 6}, {"part": True}, {"part": "2"}, {"of": 0}, {"of": 1 << 17},
        {"first": 1001}, {"first": -1}, {"images": 1.0}, {"set": ""}, {"set": 3}, {"options": []},
        {"options": {"a": None}}, {"options": {"a": 1.5}}, {"options": {"": 1}}, {"more": 1},
        {"set": None},
    ],
)  # fmt: skip
def test_a_malformed_one_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        part_among(said(FIELDS | change))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(3, np.int8), np.zeros((1, 3), np.uint8), np.zeros(MAX_BYTES + 1, np.uint8),
        np.frombuffer(b"{", np.uint8), np.frombuffer(b"[]", np.uint8), np.zeros(0, np.uint8),
    ],
)  # fmt: skip
def test_what_is_no_text_of_an_object_is_refused(array: np.ndarray) -> None:
    with pytest.raises(FormatError):
        part_among([SideArray(ARRAY, array, aligned=False)])
