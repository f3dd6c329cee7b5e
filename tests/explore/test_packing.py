"""Packed arrays: the bytes of little-endian numbers, and no more of them than needed."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from acncodec.explore.packing import packed, packed_indexes


def test_numbers_are_little_endian_whatever_they_were() -> None:
    for order in "<>":
        found = packed(np.array([[1, 258], [3, 4]], f"{order}u2"))
        assert found["type"] == "uint16"
        assert base64.b64decode(found["base64"]) == bytes([1, 0, 2, 1, 3, 0, 4, 0])


def test_a_view_is_packed_in_the_order_of_its_elements() -> None:
    columns = np.arange(6, dtype=np.float32).reshape(2, 3).T
    assert (
        base64.b64decode(packed(columns)["base64"]) == np.array([0, 3, 1, 4, 2, 5], "<f4").tobytes()
    )


@pytest.mark.parametrize(
    ("count", "name"),
    [(1, "uint8"), (256, "uint8"), (257, "uint16"), (65_536, "uint16"), (65_537, "uint32")],
)
def test_indexes_take_as_few_bytes_as_hold_them(count: int, name: str) -> None:
    found = packed_indexes(np.array([0, count - 1]), count)
    assert found["type"] == name
    assert np.frombuffer(base64.b64decode(found["base64"]), name).tolist() == [0, count - 1]


def test_what_a_page_has_no_arrays_of_is_refused() -> None:
    with pytest.raises(TypeError, match="float64 is none of float32, uint8, uint16, uint32"):
        packed(np.zeros(2))
