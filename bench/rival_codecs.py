"""The rivals of `bench/rivals.py`, one measurement a process: `rival_codecs.py FILE NAME LAYOUT`.

It imports nothing of acncodec, so that its peak memory is the rival's and NumPy's alone.
"""

from __future__ import annotations

import bz2
import io
import json
import lzma
import math
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def mosaic(pixels: Pixels) -> Pixels:
    """(N, H, W) as one picture, row after row of images, blank images at the end."""
    count, height, width = pixels.shape
    across = math.isqrt(max(count - 1, 0)) + 1
    down = -(-count // across)
    blank = np.zeros((across * down - count, height, width), np.uint8)
    grid = np.concatenate([pixels, blank]).reshape(down, across, height, width)
    return grid.transpose(0, 2, 1, 3).reshape(down * height, across * width)


PICTURES: dict[str, Callable[[Pixels], Pixels]] = {
    "mosaic": mosaic,
    "strip": lambda pixels: pixels.reshape(-1, pixels.shape[2]),
}
BYTES: dict[str, Callable[[Pixels], bytes]] = {
    "packed": lambda pixels: np.packbits(pixels.reshape(len(pixels), -1), axis=1).tobytes(),
    "bytes": lambda pixels: pixels.tobytes(),
    "transposed": lambda pixels: np.packbits(pixels.reshape(len(pixels), -1).T, axis=1).tobytes(),
    "mosaic": lambda pixels: np.packbits(mosaic(pixels), axis=1).tobytes(),
}


def _zstd() -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    library = import_module("zstandard")
    return library.ZstdCompressor(level=22).compress, library.ZstdDecompressor().decompress


def _brotli() -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    library = import_module("brotli")
    return lambda raw: library.compress(raw, quality=11, lgwin=24), library.decompress


def _xz() -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    return lambda raw: lzma.compress(raw, preset=9 | lzma.PRESET_EXTREME), lzma.decompress


def _bz2() -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    return lambda raw: bz2.compress(raw, 9), bz2.decompress


STREAMS: dict[str, Callable[[], Any]] = {
    "xz -9e": _xz,
    "bzip2 -9": _bz2,
    "zstd -22": _zstd,
    "brotli -11": _brotli,
}
PILLOW: dict[str, dict[str, Any]] = {
    "PNG": {"format": "PNG", "optimize": True, "bits": 1},
    "WebP lossless": {"format": "WEBP", "lossless": True, "quality": 100, "method": 6},
    "CCITT G4 (TIFF)": {"format": "TIFF", "compression": "group4"},
    "JPEG XL -e 9": {"format": "JXL", "lossless": True, "effort": 9},
}


def picture_codec(name: str) -> tuple[Callable[[Pixels], bytes], Callable[[bytes], Pixels]]:
    """Write and read a picture of zeros and ones with Pillow."""
    image = import_module("PIL.Image")
    image.MAX_IMAGE_PIXELS = None
    settings = dict(PILLOW[name])
    if settings["format"] == "JXL":
        import_module("pillow_jxl")
    bilevel = settings["format"] in ("PNG", "TIFF")

    def write(picture: Pixels) -> bytes:
        file, shown = io.BytesIO(), image.fromarray(picture * 255)
        (shown.convert("1") if bilevel else shown).save(file, **settings)
        return file.getvalue()

    def read(data: bytes) -> Pixels:
        return (np.asarray(image.open(io.BytesIO(data)).convert("L")) > 127).astype(np.uint8)

    return write, read


def measure(name: str, layout: str, pixels: Pixels) -> dict[str, Any]:
    """Bytes and seconds of one rival on one layout. Raises if the pixels do not come back."""
    raw: Any
    if name in STREAMS:
        write, read = STREAMS[name]()
        raw = BYTES[layout](pixels)
    else:
        write, read = picture_codec(name)
        raw = PICTURES[layout](pixels)
    start = time.perf_counter()
    packed = write(raw)
    middle = time.perf_counter()
    back = read(packed)
    end = time.perf_counter()
    same = back == raw if isinstance(raw, bytes) else np.array_equal(back, raw)
    if not same:
        raise SystemExit(f"{name} on {layout}: other pixels came back")
    return {
        "bytes": len(packed),
        "compress_seconds": round(middle - start, 3),
        "decompress_seconds": round(end - middle, 3),
    }


if __name__ == "__main__":
    file, name, layout = sys.argv[1:]
    print(json.dumps(measure(name, layout, np.load(file)["x"])))
