"""Images that are stored and not modelled: laid out in bytes, then in whichever general form is the
shortest.

docs/FORMAT.md, 3.1: a flag (a form, and any of `BY_PIXELS`, `FREE_ORDER` and `WITH_PALETTES`), then
in that form a byte for each class (its samples a byte) and all images, class after class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
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
    PALETTES,
    fitting,
    from_bytes,
    length_bounds,
    raw_length,
    to_bytes,
    ways,
)
from acncodec.container.versions import FEATURES, FORMAT_VERSION
from acncodec.errors import FormatError, TooLargeError
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages

BY_PIXELS: Final = 4
"""What is added to the flag of a form where images lie by pixels,"""
FREE_ORDER: Final = 8
"""where those of a class stand in an order of the writer's, which is not given back,"""
WITH_PALETTES: Final = 16
"""and, beside `BY_PIXELS`, where those of few colours may have palettes."""

FREE_BYTES: Final = 1 << 28
"""Bytes that stored images may take, however few theirs in the file are."""
BYTES_A_BYTE: Final = 1 << 12
"""And how many more for each of those. Deflate always keeps to that, others may not."""

WORTH_A_VERSION: Final = 32
"""Bytes that an order must save which older readers do not know."""

Ways = tuple[int, ...]
"""How the images of each class lie (`stored_layout.ways`)."""


def pack_stored(images: MixedImages, otherwise: MixedImages | None = None) -> bytes:
    """The payload of stored images, which lie in their blocks as they are to be given back.

    The shortest of all forms; each is tried with as many samples a byte as fit, and with one, in
    which repetition is easier to see. Images lie by pixels where that is shorter: it needs a reader
    of a later version. otherwise: the same images in another order, in which they may stand if
    none is to be given back and LZMA packs them better so: what is alike may be closer together.
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
    best, packed = shortest_lzma(trials)
    found += [bytes([BY_PIXELS | DEFLATE]) + deflated(trials[-1].raw), packed]
    if otherwise is not None:
        moved = _rearranged(best, otherwise, numbers).payload()
        if len(moved) + WORTH_A_VERSION <= min(map(len, found)):
            found.append(moved)
    unpacked = sum(images.classes[number].image_bytes * count for number, count in images.counts())
    allowed = [one for one in found if unpacked <= max(FREE_BYTES, BYTES_A_BYTE * len(one))]
    return min(allowed, key=len)


def _rearranged(trial: Trial, images: MixedImages, numbers: Sequence[int]) -> Trial:
    """The same of images in an order that is not given back."""
    by_pixels, taken = bool(trial.flag & BY_PIXELS), tuple(trial.raw[: len(numbers)])
    raw = _raw(images, numbers, taken, by_pixels=by_pixels)
    return replace(trial, flag=trial.flag | FREE_ORDER, raw=raw)


def in_free_order(payload: bytes) -> bool:
    """Whether the images of a payload stand in no order that is given back."""
    return bool(payload) and bool(payload[0] & FREE_ORDER)


def stored_since(payload: bytes) -> int:
    """The first format version that has what a payload of stored images uses."""
    flag = payload[0] if payload else STORED
    names = ["mixed set"]
    names += ["stored by pixels"] if flag & BY_PIXELS else []
    names += ["stored in any order"] if flag & FREE_ORDER else []
    names += ["stored palettes"] if flag & WITH_PALETTES else []
    return max(FEATURES[name] for name in names)


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
    flag = _flag(payload, version)
    by_pixels, palettes = bool(flag & BY_PIXELS), bool(flag & WITH_PALETTES)
    kinds = [(classes[number], count) for number, count in counts]
    allowed = [ways(one, by_pixels=by_pixels, palettes=palettes) for one, _ in kinds]
    possible = [
        [length_bounds(one, count, way) for way in some]
        for (one, count), some in zip(kinds, allowed, strict=True)
    ]
    least = len(counts) + sum(min(low for low, _ in bounds) for bounds in possible)
    most = len(counts) + sum(max(high for _, high in bounds) for bounds in possible)
    raw = unpack_form(flag % BY_PIXELS, payload[1:], most, by_pixels=by_pixels)
    if not least <= len(raw) <= most:
        raise FormatError(f"the stored images hold {len(raw)} bytes, not {least} to {most}")
    taken, data, at = raw[: len(counts)], np.frombuffer(raw, np.uint8), len(counts)
    for (one, _), way, some in zip(kinds, taken, allowed, strict=True):
        if way not in some:
            raise FormatError(f"{way} samples of {one.levels} levels share no byte")
    parts = []
    for (one, count), way in zip(kinds, taken, strict=True):
        length = raw_length(one, count, way, data[at:])
        parts.append(data[at : at + length])
        at += length
    if len(raw) != at:
        raise FormatError(f"the stored images hold {len(raw)} bytes, not {at}")
    blocks = {
        number: from_bytes(part, classes[number], count, way, by_pixels=by_pixels)
        for (number, count), way, part in zip(counts, taken, parts, strict=True)
    }
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
    """About how many bytes `pack_stored` takes: by the likeliest settings by pixels."""
    numbers = [number for number, _ in images.counts()]
    _, payload = shortest_lzma(list(_by_pixels(images, numbers)))
    return len(payload)


def _by_pixels(images: MixedImages, numbers: Sequence[int]) -> Iterator[Trial]:
    """What may stand for images that lie by pixels: as four bytes of colour where they can, with
    palettes, and lastly with all samples as they are; with settings for pixels of so many bytes."""
    classes = [images.classes[number] for number in numbers]
    most = max(one.channels * one.index_dtype.itemsize for one in classes)
    plain = (1,) * len(numbers)
    coloured = tuple(COLOURS if COLOURS in ways(one, by_pixels=True) else 1 for one in classes)
    tabled = tuple(
        PALETTES if PALETTES in ways(one, by_pixels=True, palettes=True) else 1 for one in classes
    )
    tried = [(coloured, COLOUR_BYTES), (tabled, 1), (plain, most)]
    for taken, nbytes in [(way, nbytes) for way, nbytes in tried if way != plain] + tried[-1:]:
        raw = _raw(images, numbers, taken, by_pixels=True)
        # What lies alike by planes and by pixels, every reader reads.
        alike = most == 1 and len(raw) <= LZMA_DICT
        flag, far = (LZMA, LZMA_DICT) if alike else (BY_PIXELS | LZMA, WRITTEN_FAR)
        if PALETTES in taken:
            flag |= WITH_PALETTES
        for settings in settings_for(nbytes):
            yield Trial(flag, raw, settings, far)


def _flag(payload: bytes, version: int) -> int:
    """The flag: a form, and how images lie."""
    if not payload:
        raise FormatError("the payload of stored images is empty")
    flag = payload[0]
    if flag >= 2 * WITH_PALETTES or (flag & WITH_PALETTES and not flag & BY_PIXELS):
        raise FormatError(f"unknown form {flag} of stored images")
    if stored_since(payload) > version:
        raise FormatError(f"form {flag} of stored images is newer than version {version}")
    return flag
