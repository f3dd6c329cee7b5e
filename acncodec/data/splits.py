"""The parts of a data set as .npz: images `x`, with labels `y` where there are any."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.binarise import binarise
from acncodec.images.formats.cifar import CIFAR_10, load_cifar
from acncodec.images.formats.idx import load_idx, load_idx_labels
from acncodec.images.formats.picture import read_samples
from acncodec.images.formats.png import read_header

Arrays = dict[str, NDArray[Any]]


class Split(Protocol):
    """A part of a data set, made of some of its files."""

    @property
    def output(self) -> str:
        """The file to be written."""
        ...

    @property
    def files(self) -> tuple[str, ...]:
        """What it is made of."""
        ...

    @property
    def needs_all(self) -> bool:
        """Whether all of them must be there, or one will do."""
        ...

    def arrays(self, folder: Path) -> Arrays:
        """Its arrays, from the files in `folder`. Raises `DataError` where they do not fit."""
        ...


@dataclass(frozen=True)
class Pair:
    """Images and labels of two IDX files."""

    needs_all: ClassVar[bool] = True

    output: str
    images: str
    labels: str

    @property
    def files(self) -> tuple[str, ...]:
        """What it is made of."""
        return self.images, self.labels

    def arrays(self, folder: Path) -> Arrays:
        """`x` uint8 (N, H, W) and `y` uint8 (N,)."""
        images = load_idx(*_opened(folder / self.images))
        labels = load_idx_labels(*_opened(folder / self.labels))
        if len(images) != len(labels):
            raise DataError(f"{self.images}: {len(images)} images, but {len(labels)} labels")
        return {"x": images, "y": labels}


@dataclass(frozen=True)
class BinaryPair(Pair):
    """The same, the images drawn to 0 and 1 with a seed."""

    seed: int

    def arrays(self, folder: Path) -> Arrays:
        """`x` uint8 {0, 1} (N, H, W) and `y` uint8 (N,)."""
        grey = super().arrays(folder)
        return {"x": binarise(grey["x"], self.seed), "y": grey["y"]}


@dataclass(frozen=True)
class CifarRecords:
    """Binary files of CIFAR-10, one after the other; of several, those that are there."""

    needs_all: ClassVar[bool] = False

    output: str
    files: tuple[str, ...]

    def arrays(self, folder: Path) -> Arrays:
        """`x` uint8 (N, 3, 32, 32) and `y` uint8 (N,)."""
        there = [folder / name for name in self.files if (folder / name).exists()]
        parts = [load_cifar(*_opened(path), CIFAR_10) for path in there]
        return {
            "x": np.concatenate([part["x"] for part in parts]),
            "y": np.concatenate([part["labels"] for part in parts]),
        }


@dataclass(frozen=True)
class TextRows:
    """A text of 0s and 1s, an image of so many pixels a side in each row."""

    needs_all: ClassVar[bool] = True

    output: str
    file: str
    side: int

    @property
    def files(self) -> tuple[str, ...]:
        """What it is made of."""
        return (self.file,)

    def arrays(self, folder: Path) -> Arrays:
        """`x` uint8 {0, 1} (N, side, side)."""
        text = np.frombuffer((folder / self.file).read_bytes(), np.uint8)
        row = 2 * self.side**2  # digits, each with a blank or the row's end behind it
        if not len(text) or len(text) % row:
            raise DataError(f"{self.file}: not rows of {self.side**2} digits")
        text = text.reshape(-1, self.side**2, 2)
        digits, gaps = text[..., 0] - ord("0"), text[..., 1]
        if digits.max() > 1 or not np.all((gaps == ord(" ")) | (gaps == ord("\n"))):
            raise DataError(f"{self.file}: not rows of 0 and 1")
        return {"x": digits.reshape(-1, self.side, self.side)}


@dataclass(frozen=True)
class RawClasses:
    """Some images of each class, whose file holds nothing but bytes of pixels."""

    needs_all: ClassVar[bool] = True

    output: str
    files: tuple[str, ...]
    side: int
    rows: slice

    def arrays(self, folder: Path) -> Arrays:
        """`x` uint8 (N, side, side), and the class `y` uint8 (N,)."""
        parts = []
        for name in self.files:
            pixels = np.frombuffer((folder / name).read_bytes(), np.uint8)
            if len(pixels) % self.side**2:
                raise DataError(f"{name}: not images of {self.side}x{self.side} bytes")
            parts.append(pixels.reshape(-1, self.side, self.side)[self.rows])
        labels = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        return {"x": np.concatenate(parts), "y": labels.astype(np.uint8)}


@dataclass(frozen=True)
class Characters:
    """Black characters on white, a PNG each, in a zip of ALPHABET/CHARACTER/NAME.png, or in a
    folder where that was unpacked.

    Attributes:
        skip: alphabets to be left out.
        sha256: of the bytes of `x` as it must be, for nothing else vouches for a folder.
    """

    needs_all: ClassVar[bool] = True

    output: str
    file: str
    skip: tuple[str, ...]
    sha256: str

    @property
    def files(self) -> tuple[str, ...]:
        """What it is made of."""
        return (self.file,)

    def arrays(self, folder: Path) -> Arrays:
        """`x` uint8 {0, 1} (N, H, W), ink 1, by alphabet, character and name; `y`, the number of
        the character among these, uint8 (N,)."""
        path = folder / self.file
        entries = sorted(_zipped(path) if path.is_file() else _unpacked(path))
        entries = [entry for entry in entries if entry[0][0] not in self.skip]
        if not entries:
            raise DataError(f"{self.file}: no PNG in a folder for each character")
        characters = sorted({place[:2] for place, _ in entries})
        number = {character: index for index, character in enumerate(characters)}
        images = np.stack([~_bits(content) for _, content in entries]).view(np.uint8)
        if hashlib.sha256(images.tobytes()).hexdigest() != self.sha256:
            raise DataError(f"{self.file}: its pictures are not those that were published")
        return {"x": images, "y": np.array([number[p[:2]] for p, _ in entries], np.uint8)}


Entry = tuple[tuple[str, str, str], bytes]
_MAX_PICTURE_BYTES = 1 << 20


def _zipped(path: Path) -> Iterator[Entry]:
    """Alphabet, character and name of each PNG in a zip, and its content."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            parts = member.filename.split("/")
            if member.filename.endswith(".png") and len(parts) == 4:
                if member.file_size > _MAX_PICTURE_BYTES:
                    raise DataError(f"{path.name}: {member.filename!r} is too large")
                yield (parts[1], parts[2], parts[3]), archive.read(member)


def _unpacked(path: Path) -> Iterator[Entry]:
    for picture in path.glob("*/*/*.png"):
        if picture.stat().st_size > _MAX_PICTURE_BYTES:
            raise DataError(f"{path.name}: {picture.name!r} is too large")
        place = (picture.parent.parent.name, picture.parent.name, picture.name)
        yield place, picture.read_bytes()


def _bits(content: bytes) -> NDArray[np.bool_]:
    file = io.BytesIO(content)
    samples = read_samples(file, read_header(file))
    if samples.dtype != np.bool_:
        raise DataError("a picture is not of one bit a pixel")
    return samples


def _opened(path: Path) -> tuple[io.BytesIO, int]:
    """The content of a file that was checked before, and its size."""
    content = path.read_bytes()
    return io.BytesIO(content), len(content)
