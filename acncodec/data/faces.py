"""CelebA's aligned faces, cut square and made small."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.libraries import pillow

PARTS = ("train", "valid", "test")
"""What the list of partitions calls 0, 1 and 2."""
MAX_PICTURE_BYTES = 1 << 20
MAX_PIXELS = 1 << 20


@dataclass(frozen=True)
class Faces:
    """The pictures of one part: the largest square about the middle, its mean colours in side x
    side. A zip of pictures, or the folder where that was unpacked.

    partitions: the file that says of which part each picture is; part: one of `PARTS`.
    """

    needs_all: ClassVar[bool] = True

    output: str
    pictures: str
    partitions: str
    part: str
    side: int

    @property
    def files(self) -> tuple[str, ...]:
        """What it is made of."""
        return self.pictures, self.partitions

    def arrays(self, folder: Path) -> dict[str, NDArray[Any]]:
        """`x` uint8 (N, side, side, 3), in the order of the list. Raises `DataError` for a list
        that is none, and for pictures that are not there, `MissingExtraError` without Pillow."""
        names = listed(folder / self.partitions, PARTS.index(self.part))
        x = np.empty((len(names), self.side, self.side, 3), np.uint8)
        with _reader(folder / self.pictures) as read:
            for place, name in zip(x, names, strict=True):
                place[:] = small(read(name), self.side, name)
        return {"x": x}


def listed(path: Path, part: int) -> list[str]:
    """The pictures of a part: of lines `000001.jpg 0`."""
    found = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        name, _, which = line.rpartition(" ")
        if which not in ("0", "1", "2") or not name.strip() or "/" in name:
            raise DataError(f"{path.name}: line {number} is no picture and its part")
        if int(which) == part:
            found.append(name.strip())
    if not found:
        raise DataError(f"{path.name}: no picture is of part {part}")
    return found


@contextmanager
def _reader(path: Path) -> Iterator[Callable[[str], bytes]]:
    """How a picture is read, from a zip or a folder."""
    if path.is_dir():
        sizes = {entry.name: entry.stat().st_size for entry in path.iterdir()}
        yield _reading(path.name, sizes, lambda name: (path / name).read_bytes())
        return
    with zipfile.ZipFile(path) as archive:
        members = {entry.filename.rpartition("/")[2]: entry for entry in archive.infolist()}
        sizes = {name: entry.file_size for name, entry in members.items()}
        yield _reading(path.name, sizes, lambda name: archive.read(members[name]))


def _reading(
    where: str, sizes: dict[str, int], read: Callable[[str], bytes]
) -> Callable[[str], bytes]:
    def bounded(name: str) -> bytes:
        if name not in sizes:
            raise DataError(f"{where}: there is no {name}")
        if sizes[name] > MAX_PICTURE_BYTES:
            raise DataError(f"{name}: {sizes[name]:,} bytes are too many for a picture")
        return read(name)

    return bounded


def small(content: bytes, side: int, name: str) -> NDArray[np.uint8]:
    """The largest square about the middle of a picture, uint8 (side, side, 3)."""
    try:
        with pillow().open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
            if min(width, height) < side or width * height > MAX_PIXELS:
                raise DataError(f"{name}: a picture of {height}x{width} is too small or too large")
            whole = np.asarray(picture.convert("RGB"), np.float64)
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(f"{name}: no whole picture ({error})") from error
    least = min(width, height)
    left, top = (width - least) // 2, (height - least) // 2
    square, shares = whole[top : top + least, left : left + least], _shares(least, side)
    mean = np.einsum("ih,jw,hwc->ijc", shares, shares, square, optimize=True)
    rounded: NDArray[np.uint8] = np.floor(mean + 0.5).astype(np.uint8)
    return rounded


def _shares(size: int, parts: int) -> NDArray[np.float64]:
    """How far each of `size` pixels counts in the mean of each of so many equal parts of them."""
    edges, pixels = np.linspace(0, size, parts + 1), np.arange(size)
    low, high = edges[:-1, None], edges[1:, None]
    inside: NDArray[np.float64] = np.minimum(pixels + 1, high) - np.maximum(pixels, low)
    return np.clip(inside, 0, None) * parts / size
