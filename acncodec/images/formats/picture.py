"""What a reader of pictures gives: what the file says of its samples, then the samples.

The header decides: size, channels, type and greatest value are read from the file itself, and a
decoder that gives something else is refused (Pillow opens 16-bit colour as 8 bits, and says
nothing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError

HEAD_BYTES: Final = 32
"""So many bytes of a file tell its format."""

PALETTE: Final = "a palette (its colours are taken)"
PROFILE: Final = "a colour profile"
EXIF: Final = "EXIF"
TEXT: Final = "text"
ORIENTATION: Final = "an orientation (nothing is turned)"


@dataclass(frozen=True, eq=False)
class Picture:
    """What a file says of its one picture.

    Attributes:
        height, width: in pixels, at least 1.
        channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
        dtype: bool for one bit a sample (True is white), else uint8 or uint16.
        maximum: the greatest value a sample may have; white, where it is grey.
        decode: gives the samples, (H, W) or (H, W, C), from the file that was described.
        lost: what else is in the file, and is not kept.
    """

    height: int
    width: int
    channels: int
    dtype: np.dtype[Any]
    maximum: int
    decode: Callable[[IO[bytes]], NDArray[Any]]
    lost: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the samples."""
        size = (self.height, self.width)
        return size if self.channels == 1 else (*size, self.channels)

    @property
    def nbytes(self) -> int:
        """Bytes that the samples take in memory."""
        return self.height * self.width * self.channels * self.dtype.itemsize

    def describe(self) -> str:
        """Size and mode, for messages: `5 x 4 RGB`, width first."""
        mode = ("L", "LA", "RGB", "RGBA")[self.channels - 1]
        if self.dtype == np.bool_:
            mode = "1"
        elif self.maximum != 255:
            mode += f" up to {self.maximum}"
        return f"{self.width} x {self.height} {mode}"


@dataclass(frozen=True)
class PictureFormat:
    """A format of picture files.

    Attributes:
        name: what it is called.
        suffixes: how names of such files end, in lower case.
        matches: whether a file begins like one, told from `HEAD_BYTES` bytes or all it has.
        read_header: describes the picture in a seekable file. Raises `DataError` for what is
            malformed or cannot be taken as it is.
    """

    name: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes], bool]
    read_header: Callable[[IO[bytes]], Picture]


def check_size(height: int, width: int) -> None:
    """Refuse a picture without a pixel. Raises `DataError`."""
    if height < 1 or width < 1:
        raise DataError(f"a picture of {width} x {height} pixels")


def paint(indexes: NDArray[Any], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The colours (H, W, C) of `indexes` (H, W) into `palette` (n, C).

    Raises `DataError` for an index without a colour.
    """
    if indexes.size and int(indexes.max()) >= len(palette):
        raise DataError(f"a pixel has colour {indexes.max()} of a palette of {len(palette)}")
    painted: NDArray[np.uint8] = palette[indexes]
    return painted


def read_samples(file: IO[bytes], picture: Picture) -> NDArray[Any]:
    """The samples of `picture`, which `file` holds: C-contiguous, of its shape and native dtype.

    Raises `DataError` if the decoder gives anything but what the header says.
    """
    file.seek(0)
    samples = picture.decode(file)
    given = samples.shape, samples.dtype.newbyteorder("=")
    if given != (picture.shape, picture.dtype):
        raise DataError(
            f"the decoder gives {samples.dtype} {samples.shape}, but the header says"
            f" {picture.dtype} {picture.shape}"
        )
    if picture.dtype != np.bool_ and samples.size and int(samples.max()) > picture.maximum:
        raise DataError(f"a sample of {samples.max()}, above its maximum of {picture.maximum}")
    return np.ascontiguousarray(samples, dtype=picture.dtype)
