"""Images that are stored and not modelled: several samples a byte where they fit, then whichever
general form is the shortest.

docs/FORMAT.md, 3.1: a flag, then in the form that it names a byte for each class (its samples a
byte) and all images, class after class.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from acncodec.container.mixed_shard import Counts
from acncodec.container.squeeze import DEFLATE, LZMA, LZMA_FILTERS, STORED, UNPACK
from acncodec.errors import CorruptionError, FormatError, TooLargeError
from acncodec.images.image_class import ImageClass
from acncodec.images.levels import sample_bytes
from acncodec.images.mixed_images import MixedImages
from acncodec.images.spec import Levels

BZIP2: Final = 3
"""The flag of a form beside those of `squeeze`."""
SHARED: Final = (8, 4, 2, 1)
"""How many samples a byte may hold."""

FREE_BYTES: Final = 1 << 28
"""Bytes that stored images may take, however few theirs in the file are."""
BYTES_A_BYTE: Final = 1 << 12
"""And how many more for each of those. Deflate always keeps to that, others may not."""

Bytes = NDArray[np.uint8]


def fitting(levels: int) -> tuple[int, ...]:
    """How many samples of so many levels may share a byte, most first."""
    return tuple(count for count in SHARED if count == 1 or levels <= 1 << (8 // count))


def raw_length(one: ImageClass, count: int, shared: int) -> int:
    """Bytes that `count` images of a class take with `shared` samples a byte."""
    samples = count * one.samples
    return -(-samples // shared) * one.index_dtype.itemsize


def pack_stored(images: MixedImages) -> bytes:
    """The payload of stored images, which lie in their blocks as they are to be given back.

    The shortest of all forms; each is tried with as many samples a byte as fit, and with one, in
    which repetition is easier to see.
    """
    numbers = [number for number, _ in images.counts()]
    fullest = tuple(fitting(images.classes[number].levels)[0] for number in numbers)
    found = []
    for ways in {fullest: None, (1,) * len(numbers): None}:
        raw = bytes(ways) + b"".join(
            _to_bytes(images.blocks[number], way) for number, way in zip(numbers, ways, strict=True)
        )
        found += [bytes([flag]) + form(raw) for flag, form in _FORMS.items()]
    unpacked = sum(images.classes[number].image_bytes * count for number, count in images.counts())
    allowed = [one for one in found if unpacked <= max(FREE_BYTES, BYTES_A_BYTE * len(one))]
    return min(allowed, key=len)


def check_inflation(payload: bytes | None, classes: tuple[ImageClass, ...], counts: Counts) -> None:
    """Raise `TooLargeError` for stored images that are too large for their bytes."""
    most = sum(raw_length(classes[number], count, 1) for number, count in counts)
    size = len(payload or b"")
    if most > max(FREE_BYTES, BYTES_A_BYTE * size):
        raise TooLargeError(f"stored images of {most} bytes in {size} bytes: too many")


def unpack_stored(payload: bytes, classes: tuple[ImageClass, ...], counts: Counts) -> MixedImages:
    """Undo `pack_stored`: `counts` images of each class, class after class.

    The caller has checked that this machine can hold them; no more is ever produced. Raises
    `FormatError` on an unknown flag, a malformed stream or another length, `CorruptionError` on a
    sample that is no level index.
    """
    least = len(counts) + sum(
        raw_length(classes[number], count, fitting(classes[number].levels)[0])
        for number, count in counts
    )
    most = len(counts) + sum(raw_length(classes[number], count, 1) for number, count in counts)
    raw = _unpacked(payload, least, most)
    ways = raw[: len(counts)]
    lengths = []
    for (number, count), way in zip(counts, ways, strict=True):
        if way not in fitting(classes[number].levels):
            raise FormatError(f"{way} samples of {classes[number].levels} levels share no byte")
        lengths.append(raw_length(classes[number], count, way))
    if len(raw) != len(counts) + sum(lengths):
        raise FormatError(
            f"the stored images hold {len(raw)} bytes, not {len(counts) + sum(lengths)}"
        )
    blocks, at = {}, len(counts)
    for (number, count), way, length in zip(counts, ways, lengths, strict=True):
        part = np.frombuffer(raw, np.uint8, length, at)
        blocks[number] = _from_bytes(part, classes[number], count, way)
        at += length
    members = np.repeat(
        np.array([number for number, _ in counts], np.int64),
        np.array([count for _, count in counts], np.int64),
    )
    return MixedImages(classes, blocks, members)


def _deflated(raw: bytes) -> bytes:
    """The shortest of what deflate's strategies give: noise of few levels has no repetition."""
    found = []
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_HUFFMAN_ONLY):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, strategy)
        found.append(packer.compress(raw) + packer.flush())
    return min(found, key=len)


_FORMS: Final[dict[int, Callable[[bytes], bytes]]] = {
    STORED: lambda raw: raw,
    DEFLATE: _deflated,
    LZMA: lambda raw: lzma.compress(raw, lzma.FORMAT_RAW, filters=LZMA_FILTERS),
    BZIP2: lambda raw: bz2.compress(raw, 9),
}


def _unpacked(payload: bytes, least: int, most: int) -> bytes:
    """The raw bytes, of which there are `least` to `most`."""
    if not payload:
        raise FormatError("the payload of stored images is empty")
    unpack = _UNPACK.get(payload[0])
    if unpack is None:
        raise FormatError(f"unknown form {payload[0]} of stored images")
    raw = unpack(payload[1:], most)
    if not least <= len(raw) <= most:
        raise FormatError(f"the stored images hold {len(raw)} bytes, not {least} to {most}")
    return raw


def _unbzip2(packed: bytes, limit: int) -> bytes:
    decompressor = bz2.BZ2Decompressor()
    try:
        raw = decompressor.decompress(packed, limit + 1)
    except (OSError, ValueError) as error:
        raise FormatError(f"corrupt bzip2 stream: {error}") from error
    if len(raw) > limit:
        raise FormatError(f"the payload holds more than {limit} bytes")
    if not decompressor.eof or decompressor.unused_data:
        raise FormatError("the bzip2 stream does not end where it should")
    return raw


def _to_bytes(block: Levels, shared: int) -> bytes:
    """The images (n, C, H, W) of a class, `shared` samples a byte."""
    if block.dtype != np.uint8:
        planes = block.reshape(-1).astype("<u2").view(np.uint8).reshape(-1, 2)
        return planes.T.tobytes()
    return pack_samples(block.reshape(-1), shared).tobytes()


def pack_samples(samples: Bytes, shared: int) -> Bytes:
    """Level indexes (n,) below 2^(8 / shared), so many a byte, the first in the highest bits."""
    if shared == 1:
        return samples
    if shared == 8:
        return np.packbits(samples)
    whole = np.zeros(-(-len(samples) // shared) * shared, np.uint8)
    whole[: len(samples)] = samples
    parts = whole.reshape(-1, shared)
    packed = np.zeros(len(parts), np.uint8)
    for place, shift in enumerate(_shifts(shared)):
        packed |= parts[:, place] << shift
    return packed


def _shifts(shared: int) -> Iterator[int]:
    width = 8 // shared
    return (8 - width * (place + 1) for place in range(shared))


def _from_bytes(part: Bytes, one: ImageClass, count: int, shared: int) -> Levels:
    """Undo `_to_bytes` for `count` images."""
    samples = count * one.samples
    if one.index_dtype != np.uint8:
        found = np.ascontiguousarray(part.reshape(2, -1).T).view("<u2").reshape(-1)
        block: Levels = found.astype(np.uint16)
    elif shared == 1:
        block = part.copy()
    else:
        spread = np.empty((len(part), shared), np.uint8)
        for place, shift in enumerate(_shifts(shared)):
            spread[:, place] = part >> shift & (1 << 8 // shared) - 1
        whole = spread.reshape(-1)
        if whole[samples:].any():
            raise CorruptionError("bits are set behind the last stored sample")
        block = np.ascontiguousarray(whole[:samples])
    if block.size and int(block.max()) >= one.levels:
        raise CorruptionError(f"a stored sample of {block.max()} where there are {one.levels}")
    return block.reshape(count, *one.shape)


def stored_costs(images: Sequence[Levels], levels: int) -> NDArray[np.float64]:
    """About what each of several images takes in a stored section that has all of them, bits.

    images: level indexes of one number of levels, in the order of the section. They go through
    deflate one after the other, each with those before it in the window; what an image adds is
    its own cost, less the 5 bytes by which each one is cut off from the next.
    """
    shared = fitting(levels)[0]
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    costs = np.empty(len(images))
    for place, image in enumerate(images):
        flat = sample_bytes(image[np.newaxis])[0]
        raw = pack_samples(flat, shared).tobytes() if levels <= 256 else flat.tobytes()
        found = len(packer.compress(raw)) + len(packer.flush(zlib.Z_SYNC_FLUSH))
        costs[place] = 8 * max(1, found - CUT_BYTES)
    return costs


CUT_BYTES: Final = 5
"""What a flush of deflate adds: an empty block, and up to a byte of alignment."""


_UNPACK: Final = UNPACK | {BZIP2: _unbzip2}
