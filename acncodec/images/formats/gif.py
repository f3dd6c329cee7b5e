"""GIF of one picture: grey where Pillow finds its palette to be, else indexes into it."""

from __future__ import annotations

import struct
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.formats.chunks import SAMPLES, TRANSPARENT, palette_chunks, text_chunk
from acncodec.images.formats.libraries import pillow
from acncodec.images.formats.picture import (
    Picture,
    PictureFormat,
    check_size,
    one_picture,
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
        if mode not in ("L", "P"):
            raise DataError(f"Pillow gives mode {mode} for a GIF")
        texts = [text_chunk("Comment", image.info["comment"])] if "comment" in image.info else []
        if mode == "L":  # each level is its index
            key = [] if transparent is None else [(TRANSPARENT, struct.pack(">H", transparent))]
            chunks = [*key, *texts, (SAMPLES, b"")] if key or texts else []
            return Picture(height, width, 1, np.dtype(np.uint8), 255, _decode, chunks=tuple(chunks))
        palette = np.array(image.getpalette("RGB"), np.uint8).reshape(-1, 3)
        alpha = None
        if transparent is not None:
            alpha = np.where(np.arange(len(palette)) == transparent, 0, 255).astype(np.uint8)
    return Picture(
        height, width, 1, np.dtype(np.uint8), 255, _decode,
        indexed=True, chunks=(*palette_chunks(palette, alpha), *texts, (SAMPLES, b"")),
    )  # fmt: skip


def _decode(file: IO[bytes]) -> NDArray[Any]:
    with pillow().open(file, formats=("GIF",)) as image:
        samples: NDArray[Any] = np.asarray(image)
    return samples


def _matches(start: bytes) -> bool:
    return start.startswith(MAGICS)


GIF = PictureFormat("GIF", (".gif",), _matches, one_picture(read_header))
