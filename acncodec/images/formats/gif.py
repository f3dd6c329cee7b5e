"""GIF of one picture: grey where Pillow finds its palette to be, else as colours."""

from __future__ import annotations

from functools import partial
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.libraries import pillow
from acncodec.images.formats.picture import (
    PALETTE,
    TEXT,
    Picture,
    PictureFormat,
    check_size,
    paint,
)

MAGICS = (b"GIF87a", b"GIF89a")


def read_header(file: IO[bytes]) -> Picture:
    """Describe a GIF. Raises `DataError` where it is malformed or cannot be taken as it is."""
    with pillow().open(file, formats=("GIF",)) as image:
        frames = getattr(image, "n_frames", 1)
        if frames != 1:
            raise DataError(
                f"it holds {frames} pictures (frames that were equal are one by now); save each as"
                " a file"
            )
        width, height = image.size
        check_size(height, width)
        if tuple(image.tile[0][1]) != (0, 0, width, height):
            raise DataError("its picture does not fill its canvas; save it as PNG")
        mode, transparent = image.mode, image.info.get("transparency")
        lost = (TEXT,) if "comment" in image.info else ()
        if mode not in ("L", "P"):
            raise DataError(f"Pillow gives mode {mode} for a GIF")
        if mode == "L" and transparent is None:
            return Picture(height, width, 1, np.dtype(np.uint8), 255, _decode, lost)
        palette = _palette(image.getpalette("RGB") if mode == "P" else None, transparent)
    return Picture(
        height, width, palette.shape[1], np.dtype(np.uint8), 255,
        partial(_decode_indexed, palette=palette), (PALETTE, *lost),
    )  # fmt: skip


def _palette(colours: list[int] | None, transparent: int | None) -> NDArray[np.uint8]:
    """The palette (n, 3), or (n, 4) with its transparent colour; that of a grey picture, which has
    none, is each level."""
    if colours is None:
        palette = np.arange(256, dtype=np.uint8)[:, None].repeat(3, 1)
    else:
        palette = np.array(colours, np.uint8).reshape(-1, 3)
    if transparent is None:
        return palette
    alpha = np.where(np.arange(len(palette)) == transparent, 0, 255).astype(np.uint8)
    return np.concatenate([palette, alpha[:, None]], 1)


def _decode(file: IO[bytes]) -> NDArray[Any]:
    with pillow().open(file, formats=("GIF",)) as image:
        samples: NDArray[Any] = np.asarray(image)
    return samples


def _decode_indexed(file: IO[bytes], palette: NDArray[np.uint8]) -> NDArray[Any]:
    return paint(_decode(file), palette)


def _matches(start: bytes) -> bool:
    return start.startswith(MAGICS)


GIF = PictureFormat("GIF", (".gif",), _matches, read_header)
