from __future__ import annotations

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.companions import companion_arrays

ARRAYS = {"x": np.zeros((2, 3, 3), np.uint8), "names": np.array(["d/a.b.png", "d.e/c.png"])}


def test_names_go_to_the_first_dot_of_the_last_part() -> None:
    others = {"d.e/c.cls": b"-7", "d/a.cls": b"12", "d/a.txt": b"", "d.e/c.txt": b"hi"}
    found, warnings = companion_arrays(ARRAYS, others)
    assert warnings == () and list(found) == ["x", "names", "cls", "txt"]
    assert found["cls"].dtype == np.int64 and found["cls"].tolist() == [12, -7]
    assert found["txt"].tolist() == [b"", b"hi"]


@pytest.mark.parametrize("content", [b"07", b"1\n", b"1.0", b"-0", b"x"])
def test_what_is_no_plain_number_stays_text(content: bytes) -> None:
    found, _ = companion_arrays(ARRAYS, {"d/a.cls": b"1", "d.e/c.cls": content})
    assert found["cls"].tolist() == [b"1", content]


def test_what_not_every_picture_has_is_left_out_and_told() -> None:
    found, warnings = companion_arrays(ARRAYS, {"d/a.cls": b"1", "README": b"", "d/z.cls": b"1"})
    assert list(found) == ["x", "names"]
    assert warnings == ("3 other members are no pictures and are left out",)


def test_what_cannot_be_an_array() -> None:
    with pytest.raises(DataError, match=r"\.cls hold cannot be kept as an array.*--skip cls"):
        companion_arrays(ARRAYS, {"d/a.cls": b"a\0", "d.e/c.cls": b"b"})
    with pytest.raises(DataError, match="like another array"):
        companion_arrays(ARRAYS, {"d/a.x": b"1", "d.e/c.x": b"2"})
    found, _ = companion_arrays(ARRAYS, {"d/a.x": b"1", "d.e/c.x": b"2"}, skip=["x"])
    assert found["x"].size == 0
