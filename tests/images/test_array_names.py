from __future__ import annotations

import pytest

from acncodec.errors import DataError
from acncodec.images.array_names import check_name


@pytest.mark.parametrize("name", ["", "x", "a/b", "x" * 65_531])
def test_names_that_an_npz_can_hold(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [(3, "string"), ("\ud800", "Unicode"), ("é" * 32_766, "bytes"), ("a\0b", "NUL")],
)
def test_others(name: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_name(name)
