"""Names of modes."""

from __future__ import annotations

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.modes import Mode

BOOL, BYTE, WORD = np.dtype(np.bool_), np.dtype(np.uint8), np.dtype(np.uint16)
MODES = {
    "1": (Mode(1, BOOL, 1), 1),
    "L": (Mode(1, BYTE, 255), 8),
    "L;2": (Mode(1, BYTE, 3), 2),
    "L;4": (Mode(1, BYTE, 15), 4),
    "I;16": (Mode(1, WORD, 65_535), 16),
    "LA": (Mode(2, BYTE, 255), 8),
    "LA;16": (Mode(2, WORD, 65_535), 16),
    "RGB": (Mode(3, BYTE, 255), 8),
    "RGB;16": (Mode(3, WORD, 65_535), 16),
    "RGBA": (Mode(4, BYTE, 255), 8),
    "RGBA;16": (Mode(4, WORD, 65_535), 16),
    "P": (Mode(1, BYTE, 255, True), 8),
    "P;1": (Mode(1, BYTE, 1, True), 1),
    "P;2": (Mode(1, BYTE, 3, True), 2),
    "P;4": (Mode(1, BYTE, 15, True), 4),
    "L/1": (Mode(1, BYTE, 1), 0),
    "L/100": (Mode(1, BYTE, 100), 0),
    "L/1000": (Mode(1, WORD, 1000), 0),
    "RGB/15": (Mode(3, BYTE, 15), 0),
    "RGB/65534": (Mode(3, WORD, 65_534), 0),
}


@pytest.mark.parametrize("name", MODES)
def test_a_name_says_all_of_a_mode(name: str) -> None:
    mode, bits = MODES[name]
    assert (mode.name, mode.bits) == (name, bits)
    assert Mode.parse(name) == mode


@pytest.mark.parametrize(
    "name",
    ["", "L;8", "L;1", "L/255", "L;16", "RGB;4", "P;16", "CMYK", "1;1", "I;16;16", "L/65536",
     "L/070", "L/15", "L;4\n", "F", "L/0", "P/9;1", "L/99999"],
)  # fmt: skip
def test_what_is_no_mode(name: str) -> None:
    with pytest.raises(DataError, match="unknown mode"):
        Mode.parse(name)
