"""The rivals of `bench/rivals.py`, one measurement a process:

    rival_codecs.py FILE LEVELS NAME LAYOUT

FILE is a .npy of pixels as `rival_layouts.py` describes them. It imports nothing of acncodec, so
that its peak memory is the rival's and NumPy's alone. What is written is read back and compared:
other pixels are an error, and a compressor that refuses the pixels is reported as `failed`.
"""

from __future__ import annotations

import bz2
import io
import json
import lzma
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
from rival_layouts import NO_LIMIT, PICTURES, Pixels, byte_layouts

Write = Callable[[Any], bytes]
Read = Callable[[bytes], Any]
APP8 = b"\xff\xe8"
TALL = b"\x03"
"""Before the picture of three planes; a JPEG begins with another byte."""


@dataclass(frozen=True)
class Rival:
    """A compressor, what it takes, and how it is made ready.

    make: given the number of levels, the functions that write and read bytes or, where `layouts`
    are named, pictures (H, W, C).
    side: the longest side of its pictures.
    needs: the packages whose versions are told, and `programs` that must be installed.
    """

    name: str
    make: Callable[[int], tuple[Write, Read]]
    layouts: tuple[str, ...] = ()
    channels: tuple[int, ...] = (1, 2, 3, 4)
    most_levels: int = 1 << 16
    side: int = NO_LIMIT
    needs: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()

    @property
    def binary(self) -> bool:
        """Whether it is for binary images alone."""
        return self.most_levels == 2

    def refusal(self, channels: int, levels: int) -> str | None:
        """Why it cannot be measured on such images here, or None."""
        if levels > self.most_levels:
            return f"it takes up to {self.most_levels:,} levels, and there are {levels:,}"
        if channels not in self.channels:
            return f"it does not take images of {channels} channels"
        missing = [name for name in self.programs if shutil.which(name) is None]
        return f"{', '.join(missing)} is not installed" if missing else None


def _xz(_levels: int) -> tuple[Write, Read]:
    return lambda raw: lzma.compress(raw, preset=9 | lzma.PRESET_EXTREME), lzma.decompress


def _bz2(_levels: int) -> tuple[Write, Read]:
    return lambda raw: bz2.compress(raw, 9), bz2.decompress


def _zstd(_levels: int) -> tuple[Write, Read]:
    library = import_module("zstandard")
    settings = library.ZstdCompressionParameters.from_level(22, window_log=27, enable_ldm=True)
    reader = library.ZstdDecompressor(max_window_size=1 << 27)
    return library.ZstdCompressor(compression_params=settings).compress, reader.decompress


def _brotli(_levels: int) -> tuple[Write, Read]:
    library = import_module("brotli")
    return lambda raw: library.compress(raw, quality=11, lgwin=24), library.decompress


def _pillow(levels: int, *, bilevel: bool = False, **settings: Any) -> tuple[Write, Read]:
    """Pictures by Pillow. Binary ones are one-bit where the format has that (`bilevel`)."""
    image = import_module("PIL.Image")
    image.MAX_IMAGE_PIXELS = None

    def write(picture: Pixels) -> bytes:
        height, width, channels = picture.shape
        plain, file = picture[..., 0] if channels == 1 else picture, io.BytesIO()
        if bilevel and channels == 1 and levels == 2:
            packed = np.packbits(plain, axis=1).tobytes()
            shown = image.frombytes("1", (width, height), packed)
        else:
            shown = image.fromarray(plain)
        shown.save(file, **settings)
        return file.getvalue()

    def read(data: bytes) -> Pixels:
        back = np.asarray(image.open(io.BytesIO(data)))
        return (back[..., None] if back.ndim == 2 else back).astype(np.uint8)

    return write, read


def _pillow_jxl(levels: int) -> tuple[Write, Read]:
    """The other wrapper of libjxl, of another version; which one writes less differs by picture."""
    import_module("pillow_jxl")
    return _pillow(levels, format="JXL", lossless=True, effort=9)


def _png(levels: int) -> tuple[Write, Read]:
    """Pillow, but for 16 bits: it has no colour of that depth."""
    if levels <= 256:
        return _pillow(levels, bilevel=True, format="PNG", optimize=True)
    library = import_module("imagecodecs")
    filtered = library.PNG.STRATEGY.FILTERED
    return (
        lambda picture: library.png_encode(picture, level=9, strategy=filtered),
        lambda data: _three_axes(library.png_decode(data)),
    )


def _three_axes(picture: Pixels) -> Pixels:
    return picture[..., None] if picture.ndim == 2 else picture


def _jxl(effort: int, _levels: int) -> tuple[Write, Read]:
    """The bare codestream of the levels as they are: zeros and ones, not 0 and 255."""
    library = import_module("imagecodecs")
    return (
        lambda picture: library.jpegxl_encode(
            picture[..., 0] if picture.shape[2] == 1 else picture,
            lossless=True, effort=effort, usecontainer=False,
        ),
        lambda data: _three_axes(library.jpegxl_decode(data)),
    )  # fmt: skip


def _jpeg_ls(levels: int) -> tuple[Write, Read]:
    """Grey as it is; red, green, blue as G, R - G, B - G modulo the samples' range.

    Three channels are coded side by side, or as one tall grey picture of three planes, whichever
    is smaller. The optional SPIFF header (APP8 segments) is left out.
    """
    library = import_module("imagecodecs")
    dtype = np.uint8 if levels <= 256 else np.uint16

    def coded(picture: Pixels) -> bytes:
        data = bytes(library.jpegls_encode(np.ascontiguousarray(picture)))
        while data[2:4] == APP8:
            data = data[:2] + data[4 + int.from_bytes(data[4:6], "big") :]
        return data

    def write(picture: Pixels) -> bytes:
        samples = picture.astype(dtype)
        if picture.shape[2] == 1:
            return coded(samples[..., 0])
        red, green, blue = np.moveaxis(samples, 2, 0)
        planes = np.stack([green, red - green, blue - green])
        tall, flat = coded(planes.reshape(-1, picture.shape[1])), coded(planes.transpose(1, 2, 0))
        return TALL + tall if len(tall) < len(flat) else flat

    def read(data: bytes) -> Pixels:
        back = library.jpegls_decode(data.removeprefix(TALL))
        if data.startswith(TALL):
            back = back.reshape(3, -1, back.shape[1]).transpose(1, 2, 0)
        if back.ndim == 2:
            return back[..., None]
        green, red, blue = np.moveaxis(back, 2, 0)
        return np.stack([red + green, green, blue + green], axis=2)

    return write, read


def _jbig(_levels: int) -> tuple[Write, Read]:
    """One layer, one stripe."""

    def write(picture: Pixels) -> bytes:
        height, width, _ = picture.shape
        head = f"P4\n{width} {height}\n".encode()
        plain = head + np.packbits(picture[..., 0], axis=1).tobytes()
        return _piped(["pbmtojbg", "-q", "-s", str(height)], plain)

    def read(data: bytes) -> Pixels:
        plain = _piped(["jbgtopbm"], data)
        head = re.match(rb"P4\s+(\d+)\s+(\d+)\s", plain)
        if head is None:
            raise SystemExit("jbgtopbm: no portable bitmap came back")
        width, height = map(int, head.groups())
        rows = np.frombuffer(plain, np.uint8, offset=head.end()).reshape(height, -1)
        return np.unpackbits(rows, axis=1, count=width)[..., None]

    return write, read


def _piped(command: list[str], data: bytes) -> bytes:
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


ONE_BY_ONE = ("single", "mosaic")
ALL_WAYS = (*ONE_BY_ONE, "strip")
# Quality 100 takes ten times as long, for little on mosaics.
WEBP = {"format": "WEBP", "lossless": True, "quality": 75, "method": 6, "exact": True}
G4 = {"format": "TIFF", "compression": "group4", "bilevel": True}
RIVALS: tuple[Rival, ...] = (
    Rival("PNG", _png, ALL_WAYS, needs=("pillow",)),
    Rival(
        "WebP lossless -m 6 -q 75", partial(_pillow, **WEBP), ("single", "sheets", "mosaic"),
        channels=(1, 3, 4), most_levels=256, side=16383, needs=("pillow",),
    ),
    Rival("JPEG XL -e 7", partial(_jxl, 7), ONE_BY_ONE, needs=("imagecodecs",)),
    Rival("JPEG XL -e 9", partial(_jxl, 9), ONE_BY_ONE, needs=("imagecodecs",)),
    Rival(
        "JPEG XL -e 9 (pillow-jxl)", _pillow_jxl, ("mosaic",), most_levels=256,
        needs=("pillow", "pillow-jxl-plugin"),
    ),
    Rival(
        "JPEG-LS (RGB as G, R-G, B-G)", _jpeg_ls, ALL_WAYS, channels=(1, 3), side=65535 // 3,
        needs=("imagecodecs",),
    ),
    Rival(
        "CCITT G4 (TIFF)", partial(_pillow, **G4), ALL_WAYS, channels=(1,), most_levels=2,
        needs=("pillow",),
    ),
    Rival(
        "JBIG (T.82)", _jbig, ALL_WAYS, channels=(1,), most_levels=2,
        programs=("pbmtojbg", "jbgtopbm"),
    ),
    Rival("xz -9e", _xz),
    Rival("bzip2 -9", _bz2),
    Rival("zstd -22 --long", _zstd, needs=("zstandard",)),
    Rival("brotli -11", _brotli, needs=("brotli",)),
)  # fmt: skip
"""All of them. One that names no layouts of pictures is shown every layout of bytes."""


def layouts(rival: Rival, pixels: Pixels, levels: int) -> tuple[str, ...]:
    """The layouts that it is tried on."""
    return rival.layouts or tuple(byte_layouts(pixels, levels))


def measure(rival: Rival, layout: str, pixels: Pixels, levels: int) -> dict[str, Any]:
    """Bytes and seconds of one rival on one layout, or why it failed to write it.

    Raises: SystemExit if other pixels come back.
    """
    write, read = rival.make(levels)
    raws: list[Any]
    if rival.layouts:
        raws = PICTURES[layout](pixels, rival.side)
    else:
        raws = [byte_layouts(pixels, levels)[layout]()]
    start = time.perf_counter()
    try:
        packed = [write(raw) for raw in raws]
    except (OSError, RuntimeError, ValueError) as error:
        return {"failed": f"{type(error).__name__}: {error}"}
    middle = time.perf_counter()
    back = [read(data) for data in packed]
    end = time.perf_counter()
    for raw, found in zip(raws, back, strict=True):
        if not _same(raw, found):
            raise SystemExit(f"{rival.name} on {layout}: other pixels came back")
    return {
        "bytes": sum(map(len, packed)),
        "pictures": len(packed),
        "compress_seconds": round(middle - start, 3),
        "decompress_seconds": round(end - middle, 3),
    }


def _same(raw: Any, found: Any) -> bool:
    """Whether what came back is what went in.

    WebP gives grey back as three equal channels, and leaves an opaque alpha out.
    """
    if isinstance(raw, bytes):
        return bool(raw == found)
    if raw.shape[2] == 1 and found.shape[2] == 3:
        raw = np.broadcast_to(raw, found.shape)
    elif raw.shape[2] == 4 and found.shape[2] == 3 and np.all(raw[..., 3] == 255):
        raw = raw[..., :3]
    return np.array_equal(raw, found)


def main() -> None:
    """One measurement, printed as JSON."""
    file, levels, name, layout = sys.argv[1:]
    (rival,) = (rival for rival in RIVALS if rival.name == name)
    print(json.dumps(measure(rival, layout, np.load(file), int(levels))))


if __name__ == "__main__":
    main()
