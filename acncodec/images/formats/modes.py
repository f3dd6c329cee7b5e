"""What kind of samples a picture has, and the name of it: Pillow's, as far as Pillow has one.

1   L   LA   RGB   RGBA   P         8 bits a sample (`1`: one), `P` indexes into a palette
L;2  L;4  P;1  P;2  P;4             fewer bits
I;16  LA;16  RGB;16  RGBA;16        16 bits
L/100  RGB/1000                     another greatest value, as PNM has them
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from acncodec.errors import DataError

_BANDS: Final = ("L", "LA", "RGB", "RGBA")
_NAME = re.compile(r"(1|P|I;16|LA?|RGBA?)(?:;(1|2|4|16)|/([1-9][0-9]{0,4}))?", re.ASCII)
_FEW = (1, 2, 4)
_BYTE, _WORD = 255, 65_535


@dataclass(frozen=True)
class Mode:
    """A kind of samples.

    Attributes:
        channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
        dtype: bool for one bit a sample (True is white), else uint8 or uint16.
        maximum: the greatest value a sample may have; white, where it is grey.
        indexed: whether samples are indexes into a palette.
    """

    channels: int
    dtype: np.dtype[Any]
    maximum: int
    indexed: bool = False

    @property
    def bits(self) -> int:
        """Bits of a sample in a PNG; 0 where no PNG has such a greatest value."""
        bits = self.maximum.bit_length()
        whole = self.maximum == (1 << bits) - 1
        shallow = self.channels == 1 and bits in _FEW
        grey_bit = bits == 1 and self.dtype != np.bool_ and not self.indexed
        return bits if whole and not grey_bit and (shallow or bits in (8, 16)) else 0

    @property
    def name(self) -> str:
        """As above."""
        if self.dtype == np.bool_:
            return "1"
        band = "P" if self.indexed else _BANDS[self.channels - 1]
        if self.bits == 8:
            return band
        if self.bits == 16 and self.channels == 1:
            return "I;16"
        return f"{band};{self.bits}" if self.bits else f"{band}/{self.maximum}"

    @classmethod
    def parse(cls, name: str) -> Self:
        """Undo `name`. Raises `DataError` for what is no mode."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise DataError(f"unknown mode {name!r}")
        band, bits, maximum = match.groups()
        if band == "I;16":
            band, bits = "L", "16"
        if band == "1":
            mode = cls(1, np.dtype(np.bool_), 1)
        else:
            top = int(maximum) if maximum else (1 << int(bits or 8)) - 1
            dtype = np.dtype(np.uint8 if top <= _BYTE else np.uint16)
            indexed = band == "P"
            mode = cls(1 if indexed else _BANDS.index(band) + 1, dtype, min(top, _WORD), indexed)
        if mode.name != name:
            raise DataError(f"unknown mode {name!r}")
        return mode


def plain_mode(channels: int, dtype: np.dtype[Any]) -> Mode:
    """The mode that samples of so many channels and this type have where nothing else is said."""
    if dtype == np.bool_:
        return Mode(1, np.dtype(np.bool_), 1)
    wide = dtype.itemsize > 1
    return Mode(channels, np.dtype(np.uint16 if wide else np.uint8), _WORD if wide else _BYTE)
