"""What a reader of pictures gives: what the file says of its samples, then the samples.

The header decides: size, channels, type and greatest value are read from the file itself, and a
decoder that gives something else is refused (Pillow opens 16-bit colour as 8 bits, and says
nothing).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import Chunk
from acncodec.images.formats.modes import Mode

HEAD_BYTES: Final = 32
"""So many bytes of a file tell its format."""

PROFILE: Final = "a colour profile"
EXIF: Final = "EXIF"
TEXT: Final = "text"
ORIENTATION: Final = "an orientation (nothing is turned)"
MEANING: Final = "a further sample without a meaning, taken for alpha"


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
        indexed: whether the samples are indexes into the palette among `chunks`.
        chunks: what else is in the file, and is kept; see `formats.chunks`.
        lossy: whether the file has its pixels only roughly, so that they are what one decoder
            made of it.
    """

    height: int
    width: int
    channels: int
    dtype: np.dtype[Any]
    maximum: int
    decode: Callable[[IO[bytes]], NDArray[Any]]
    lost: tuple[str, ...] = ()
    indexed: bool = False
    chunks: tuple[Chunk, ...] = ()
    lossy: bool = False

    @property
    def mode(self) -> Mode:
        """What kind of samples it has."""
        return Mode(self.channels, self.dtype, self.maximum, self.indexed)

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
        return f"{self.width} x {self.height} {self.mode.name}"


@dataclass(frozen=True)
class PictureFormat:
    """A format of picture files.

    Attributes:
        name: what it is called.
        suffixes: how names of such files end, in lower case.
        matches: whether a file begins like one, told from `HEAD_BYTES` bytes or all it has.
        read_headers: describes each picture in a seekable file; lossy ones only if they are
            wanted. Raises `DataError` for what is malformed or cannot be taken as it is.
    """

    name: str
    suffixes: tuple[str, ...]
    matches: Callable[[bytes], bool]
    read_headers: Callable[[IO[bytes], bool], Sequence[Picture]]


Headers = Callable[[IO[bytes], bool], list[Picture]]


def one_picture(read_header: Callable[[IO[bytes]], Picture]) -> Headers:
    """`read_headers` of a format without loss, of one picture a file."""
    return lambda file, _lossy: [read_header(file)]


def check_size(height: int, width: int) -> None:
    """Refuse a picture without a pixel. Raises `DataError`."""
    if height < 1 or width < 1:
        raise DataError(f"a picture of {width} x {height} pixels")


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
