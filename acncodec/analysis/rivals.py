"""What other compressors make of some images, as far as they are installed.

Each has the images one by one or, where they are of one size, as one large picture, or all their
bytes one after the other, whichever it makes least of. `bench/rivals.py` measures whole sets, more
compressors, and whether the same pixels come back.
"""

from __future__ import annotations

import bz2
import io
import lzma
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.drawn import Drawn
from acncodec.container.stored_layout import fitting, pack_samples
from acncodec.errors import MissingExtraError
from acncodec.images.formats.libraries import imagecodecs, pillow
from acncodec.images.levels import sample_bytes

Picture = NDArray[Any]
"""Level indexes (H, W) or (H, W, C), uint8 or uint16."""
Encode = Callable[[Picture], bytes]


@dataclass(frozen=True)
class Rival:
    """A compressor of pictures: what makes its encoder (which needs a library), the channels and
    the bits of a sample that it takes, and the longest side."""

    name: str
    make: Callable[[], Encode]
    channels: tuple[int, ...]
    most_levels: int
    side: int


@dataclass(frozen=True)
class RivalCost:
    """What a compressor would make of a set: bytes, and bits a sample; or None and why not."""

    name: str
    nbytes: int | None
    bits_per_dim: float | None = None
    why: str = ""


def _png() -> Encode:
    library = imagecodecs()
    return lambda picture: bytes(library.png_encode(picture, level=9))


def _webp() -> Encode:
    library = pillow()

    def encode(picture: Picture) -> bytes:
        file = io.BytesIO()
        library.fromarray(picture).save(
            file, "WEBP", lossless=True, quality=75, method=6, exact=True
        )
        return file.getvalue()

    return encode


def _jpeg_xl() -> Encode:
    library = imagecodecs()
    return lambda picture: bytes(
        library.jpegxl_encode(picture, lossless=True, effort=7, usecontainer=False)
    )


PICTURES: Final = (
    Rival("PNG", _png, (1, 2, 3, 4), 1 << 16, 1 << 20),
    Rival("WebP lossless", _webp, (1, 3, 4), 256, 16_383),
    Rival("JPEG XL -e 7", _jpeg_xl, (1, 2, 3, 4), 1 << 16, 1 << 20),
)
BYTES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "xz -9e": lambda raw: lzma.compress(raw, preset=9 | lzma.PRESET_EXTREME),
    "bzip2 -9": lambda raw: bz2.compress(raw, 9),
}


def rival_costs(drawn: Drawn) -> list[RivalCost]:
    """About what each compressor would make of the whole set, by what it makes of drawn images."""
    samples = sum(image.size for image in drawn.images.listed())
    whole = float((drawn.weights * [image.size for image in drawn.images.listed()]).sum())
    found = []
    for name, pack in BYTES.items():
        least = min(len(pack(raw)) for raw in _raws(drawn))
        found.append(_cost(name, least * whole / samples, whole))
    return [*found, *(_picture_cost(rival, drawn, whole, samples) for rival in PICTURES)]


def _cost(name: str, nbytes: float, samples: float) -> RivalCost:
    return RivalCost(name, math.ceil(nbytes), 8 * nbytes / samples)


def _raws(drawn: Drawn) -> Iterator[bytes]:
    """All samples, a byte or two each; and as many of them in a byte as fit."""
    images = drawn.images
    listed = images.listed()
    levels = [images.classes[number].levels for number in images.members.tolist()]
    flat = [sample_bytes(image[np.newaxis])[0] for image in listed]
    yield b"".join(part.tobytes() for part in flat)
    if max(levels) <= 16:
        ways = [fitting(count)[0] for count in levels]
        yield b"".join(
            pack_samples(part, way).tobytes() for part, way in zip(flat, ways, strict=True)
        )


def _picture_cost(rival: Rival, drawn: Drawn, whole: float, samples: int) -> RivalCost:
    classes = drawn.images.classes
    channels = {one.channels for one in classes}
    if max(one.levels for one in classes) > rival.most_levels:
        return RivalCost(rival.name, None, why=f"takes no more than {rival.most_levels:,} levels")
    if not channels <= set(rival.channels):
        return RivalCost(rival.name, None, why="does not take images of so many channels")
    try:
        encode = rival.make()
    except MissingExtraError:
        return RivalCost(rival.name, None, why="the extra `images` is not installed")
    pictures = [_upright(image) for image in drawn.images.listed()]
    try:
        sizes = np.array([len(encode(picture)) for picture in pictures], np.float64)
        least = float((drawn.weights * sizes).sum())
        if len(classes) == 1 and len(pictures) > 1:
            mosaic = _mosaic(pictures)
            if max(mosaic.shape[:2]) <= rival.side:
                least = min(least, whole / samples * len(encode(mosaic)))
    except (OSError, RuntimeError, ValueError) as error:  # what a library does not take
        return RivalCost(rival.name, None, why=f"failed: {type(error).__name__}")
    return _cost(rival.name, least, whole)


def _upright(image: NDArray[Any]) -> Picture:
    """(C, H, W) as a picture."""
    return np.ascontiguousarray(image[0] if len(image) == 1 else image.transpose(1, 2, 0))


def _mosaic(pictures: Sequence[Picture]) -> Picture:
    """Pictures of one size as one large picture, nearly square, blank at its end."""
    across = math.isqrt(len(pictures) - 1) + 1
    blank = np.zeros_like(pictures[0])
    padded = [*pictures, *[blank] * (-len(pictures) % across)]
    rows = [
        np.concatenate(padded[start : start + across], axis=1)
        for start in range(0, len(padded), across)
    ]
    return np.concatenate(rows, axis=0)
