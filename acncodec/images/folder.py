"""A folder of images, one file an image, in the order of their names. Needs Pillow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.reading import MAX_BYTES, check_total

SUFFIXES: Final = (
    *(".png", ".bmp", ".pgm", ".pbm", ".ppm", ".pnm", ".gif", ".tif", ".tiff", ".webp"),
)
"""The file names taken as images. Lossy JPEG is left out: decoders disagree about its pixels."""

_FORMATS = ("PNG", "BMP", "PPM", "GIF", "TIFF", "WEBP")
_MODES = ("1", "L", "RGB")


def load_folder(
    path: Path, *, max_bytes: int = MAX_BYTES
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...]]:
    """Read every image of a folder, sorted by name; subfolders are not entered.

    Metadata (EXIF, colour profiles, palettes' order) is not kept, only pixels and names.

    Returns:
        The arrays `x` (uint8 (N, H, W) or (N, H, W, 3), or bool for bilevel images) and `names`
        (fixed-width Unicode (N,)), and warnings.

    Raises:
        DataError: no image, not all of one size and mode, a mode we cannot take, a file that
            cannot be read, too much in all, or Pillow is not installed.
    """
    folder = open_folder(path)
    check_total(math.prod(folder.shape), max_bytes)
    try:
        stack = folder.read(np.arange(len(folder.names)))
    except MemoryError as error:
        raise DataError(f"not enough memory for {len(folder.names)} images") from error
    return {"x": stack, "names": np.array(folder.names)}, folder.warnings


@dataclass(frozen=True)
class FolderArray:
    """The images of a folder as one array, read when asked for.

    `names` are those of its files, sorted; `dtype` and `shape` follow from the first of them.
    """

    path: Path
    names: tuple[str, ...]
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    warnings: tuple[str, ...] = ()

    def read(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """The images at `rows`, (n, H, W) or (n, H, W, 3).

        Raises `DataError` for a file that cannot be read, or is not like the first.
        """
        out = np.empty((len(rows), *self.shape[1:]), self.dtype)
        for place, row in enumerate(rows.tolist()):
            image = _read_image(self.path / self.names[row])
            if (image.shape, image.dtype) != (self.shape[1:], self.dtype):
                ours, first = _describe(image.shape, image.dtype), self.shape[1:]
                raise DataError(
                    f"{self.names[row]!r} is {ours}, but {self.names[0]!r} is"
                    f" {_describe(first, self.dtype)}; all images must be of one size and mode"
                )
            out[place] = image
        return out


def open_folder(path: Path) -> FolderArray:
    """List a folder, and read its first image. Raises `DataError` as `load_folder` does."""
    try:
        entries = sorted(entry.name for entry in path.iterdir())
    except OSError as error:
        raise DataError(f"the folder cannot be read: {error.strerror}") from error
    names = [name for name in entries if _is_image(path / name)]
    if not names:
        raise DataError(f"the folder holds no image ({', '.join(SUFFIXES)})")
    others = [name for name in entries if not _is_image(path / name)]
    first = _read_image(path / names[0])
    shape = (len(names), *first.shape)
    return FolderArray(path, tuple(names), first.dtype, shape, _warnings(others))


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.is_file()


def _read_image(path: Path) -> NDArray[Any]:
    """The pixels of one file: bool or uint8 (H, W), or uint8 (H, W, 3)."""
    try:
        from PIL import Image  # optional: only folders need it
    except ImportError as error:
        raise DataError("a folder of images needs Pillow: pip install pillow") from error
    try:
        with Image.open(path, formats=_FORMATS) as image:
            frames, mode = getattr(image, "n_frames", 1), image.mode
            deep = _is_deep(image.format, image.tile)
            pixels: NDArray[Any] | None = None
            if frames == 1 and mode in _MODES and not deep:
                pixels = np.asarray(image)
                if mode == "1":
                    pixels = pixels.view(np.uint8) != 0  # Pillow's True is the byte 255
    except Exception as error:  # Pillow's decoders raise whatever befalls them
        raise DataError(f"{path.name!r} cannot be read as an image: {error}") from error
    if frames != 1:
        raise DataError(f"{path.name!r} holds {frames} images; one a file is what we can take")
    if deep:
        raise DataError(f"{path.name!r} has more than 8 bits a channel")
    if pixels is None:
        raise DataError(f"{path.name!r} has the mode {mode}; images must be 1, L or RGB")
    return pixels


def _is_deep(form: str | None, tiles: Sequence[Any]) -> bool:
    """Whether a sample has more than 8 bits: Pillow would drop the lower ones without a word."""
    for tile in tiles:
        args = tile[3] if isinstance(tile[3], tuple) else (tile[3],)
        if any(isinstance(arg, str) and ";16" in arg for arg in args):
            return True
        if form == "PPM" and any(isinstance(arg, int) and arg > 255 for arg in args):
            return True
    return False


def _describe(shape: tuple[int, ...], dtype: np.dtype[Any]) -> str:
    mode = "1" if dtype == np.bool_ else "L" if len(shape) == 2 else "RGB"
    return f"{shape[1]} x {shape[0]} {mode}"


def _warnings(others: list[str]) -> tuple[str, ...]:
    if not others:
        return ()
    left_out = f"{len(others)} other entries of the folder are no images and are left out"
    return (f"{left_out} (the first: {others[0]!r})",)
