"""Images that are stored and not modelled: laid out in bytes, then in whichever general form is the
shortest.

docs/FORMAT.md, 3.1: a flag (a form, and `BY_PIXELS` or not), then in that form a byte for each
class (its samples a byte) and all images, class after class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from acncodec.container.mixed_shard import Counts
from acncodec.container.squeeze import DEFLATE, LZMA, LZMA_DICT, STORED
from acncodec.container.stored_forms import (
    BZIP2,
    FORMS,
    USUAL,
    WRITTEN_FAR,
    Trial,
    deflated,
    settings_for,
    shortest_lzma,
    unpack_form,
)
from acncodec.container.stored_layout import (
    COLOUR_BYTES,
    COLOURS,
    fitting,
    from_bytes,
    raw_length,
    to_bytes,
    ways,
)
from acncodec.container.versions import FEATURES, FORMAT_VERSION
from acncodec.errors import FormatError, TooLargeError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages

BY_PIXELS: Final = 4
"""What is added to the flag of a form where images lie by pixels."""

FREE_BYTES: Final = 1 << 28
"""Bytes that stored images may take, however few theirs in the file are."""
BYTES_A_BYTE: Final = 1 << 12
"""And how many more for each of those. Deflate always keeps to that, others may not."""

Ways = tuple[int, ...]
"""How the images of each class lie (`stored_layout.ways`)."""


def pack_stored(images: MixedImages) -> bytes:
    """The payload of stored images, which lie in their blocks as they are to be given back.

    The shortest of all forms; each is tried with as many samples a byte as fit, and with one, in
    which repetition is easier to see. Images lie by pixels where that is shorter: it needs a reader
    of a later version.
    """
    numbers = [number for number, _ in images.counts()]
    fullest = tuple(fitting(images.classes[number].levels)[0] for number in numbers)
    plain = (1,) * len(numbers)
    found, trials = [], []
    for taken in dict.fromkeys((fullest, plain)):
        raw = _raw(images, numbers, taken, by_pixels=False)
        found += [bytes([flag]) + FORMS[flag](raw) for flag in (STORED, DEFLATE, BZIP2)]
        trials.append(Trial(LZMA, raw, USUAL, LZMA_DICT))
    trials += _by_pixels(images, numbers)
    found += [bytes([BY_PIXELS | DEFLATE]) + deflated(trials[-1].raw), shortest_lzma(trials)]
    unpacked = sum(images.classes[number].image_bytes * count for number, count in images.counts())
    allowed = [one for one in found if unpacked <= max(FREE_BYTES, BYTES_A_BYTE * len(one))]
    return min(allowed, key=len)


def stored_since(payload: bytes) -> int:
    """The first format version that has what a payload of stored images uses."""
    by_pixels = payload[:1] >= bytes([BY_PIXELS])
    return FEATURES["stored by pixels" if by_pixels else "mixed set"]


def check_inflation(payload: bytes | None, classes: tuple[ImageClass, ...], counts: Counts) -> None:
    """Raise `TooLargeError` for stored images that are too large for their bytes."""
    most = sum(raw_length(classes[number], count, 1) for number, count in counts)
    size = len(payload or b"")
    if most > max(FREE_BYTES, BYTES_A_BYTE * size):
        raise TooLargeError(f"stored images of {most} bytes in {size} bytes: too many")


def unpack_stored(
    payload: bytes, classes: tuple[ImageClass, ...], counts: Counts, version: int = FORMAT_VERSION
) -> MixedImages:
    """Undo `pack_stored`: `counts` images of each class, class after class.

    version: that of the file. The caller has checked that this machine can hold the images; no more
    is ever produced. Raises `FormatError` on a flag that is unknown or newer than the version, a
    malformed stream or another length, `CorruptionError` on a sample that is no level index.
    """
    by_pixels, form = _flag(payload, version)
    possible = [
        [raw_length(one, count, way) for way in ways(one, by_pixels=by_pixels)]
        for one, count in ((classes[number], count) for number, count in counts)
    ]
    least, most = (len(counts) + sum(map(bound, possible)) for bound in (min, max))
    raw = unpack_form(form, payload[1:], most, by_pixels=by_pixels)
    if not least <= len(raw) <= most:
        raise FormatError(f"the stored images hold {len(raw)} bytes, not {least} to {most}")
    taken = raw[: len(counts)]
    lengths = []
    for (number, count), way in zip(counts, taken, strict=True):
        if way not in ways(classes[number], by_pixels=by_pixels):
            raise FormatError(f"{way} samples of {classes[number].levels} levels share no byte")
        lengths.append(raw_length(classes[number], count, way))
    if len(raw) != len(counts) + sum(lengths):
        raise FormatError(
            f"the stored images hold {len(raw)} bytes, not {len(counts) + sum(lengths)}"
        )
    blocks, at = {}, len(counts)
    for (number, count), way, length in zip(counts, taken, lengths, strict=True):
        part = np.frombuffer(raw, np.uint8, length, at)
        blocks[number] = from_bytes(part, classes[number], count, way, by_pixels=by_pixels)
        at += length
    members = np.repeat(
        np.array([number for number, _ in counts], np.int64),
        np.array([count for _, count in counts], np.int64),
    )
    return MixedImages(classes, blocks, members)


def _raw(images: MixedImages, numbers: Sequence[int], taken: Ways, *, by_pixels: bool) -> bytes:
    """What the form stands for."""
    return bytes(taken) + b"".join(
        to_bytes(images.blocks[number], way, by_pixels=by_pixels)
        for number, way in zip(numbers, taken, strict=True)
    )


def section_bytes(images: MixedImages) -> int:
    """About how many bytes `pack_stored` takes: by the first settings that it tries by pixels."""
    numbers = [number for number, _ in images.counts()]
    return len(next(_by_pixels(images, numbers)).payload())


def _by_pixels(images: MixedImages, numbers: Sequence[int]) -> Iterator[Trial]:
    """What may stand for images that lie by pixels, as four bytes of colour where they can, and
    lastly with all samples as they are; with settings for pixels of so many bytes."""
    classes = [images.classes[number] for number in numbers]
    most = max(one.channels * one.index_dtype.itemsize for one in classes)
    plain = (1,) * len(numbers)
    coloured = tuple(COLOURS if COLOURS in ways(one, by_pixels=True) else 1 for one in classes)
    for taken, nbytes in {coloured: COLOUR_BYTES, plain: most}.items():
        raw = _raw(images, numbers, taken, by_pixels=True)
        # What lies alike by planes and by pixels, every reader reads.
        alike = most == 1 and len(raw) <= LZMA_DICT
        flag, far = (LZMA, LZMA_DICT) if alike else (BY_PIXELS | LZMA, WRITTEN_FAR)
        for settings in settings_for(nbytes):
            yield Trial(flag, raw, settings, far)


def _flag(payload: bytes, version: int) -> tuple[bool, int]:
    """Whether images lie by pixels, and their form."""
    if not payload:
        raise FormatError("the payload of stored images is empty")
    if payload[0] >= 2 * BY_PIXELS:
        raise FormatError(f"unknown form {payload[0]} of stored images")
    if stored_since(payload) > version:
        raise FormatError(f"form {payload[0]} of stored images is newer than version {version}")
    return payload[0] >= BY_PIXELS, payload[0] % BY_PIXELS
