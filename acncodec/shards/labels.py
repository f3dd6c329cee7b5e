"""Labels apart from other side data: coded given the images, where that makes a smaller file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.labels import Labels
from acncodec.coding.neighbours import Neighbours, earlier_neighbours
from acncodec.container import (
    Archive,
    Header,
    LabelTable,
    Section,
    SectionType,
    find_duplicates,
    pack_side,
    pack_tables,
    table_of,
    unpack_side,
    unpack_tables,
)
from acncodec.errors import CorruptionError, FormatError
from acncodec.images import SideArray
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.stack.ans import Stack, seed_words

Pixels = NDArray[Any]
Ints = NDArray[np.int64]
Context = Callable[[int], Neighbours]
"""The neighbours of all written images for a pixel weight, worked out when asked for."""

PIXEL_WEIGHT = 200
"""A binary pixel that differs counts like codes 200 squared grid steps apart (see bench/labels)."""

MAX_DIMENSIONS: Final = (1 << 17) - 1
"""Of a point: with more of them votes of neighbours need not fit 64 bits (docs/FORMAT.md, 5.1)."""


def points_fit(points: Ints) -> bool:
    """Whether labels can be coded given points (n, E)."""
    return bool(points.shape[1] <= MAX_DIMENSIONS)


def known_context(points: Ints, pixels: Pixels, rows: Ints, levels: int) -> Context:
    """Alice's: points of the codes (U, E) and level indexes (U, C, H, W) of the distinct images;
    rows (N,): which of them each written image is."""

    @cache
    def neighbours(pixel_weight: int) -> Neighbours:
        return earlier_neighbours(points[rows], pixels[rows], levels, pixel_weight)

    return neighbours


def decoded_context(
    model: FrozenModel, pixels: Pixels, levels: int, workers: Workers
) -> Context:  # fmt: skip
    """Bob's: level indexes (N, C, H, W) of all images as they are written; he encodes them.

    What it gives raises `FormatError` where no labels can be coded given the model's points.
    """

    @cache
    def neighbours(pixel_weight: int) -> Neighbours:
        first, rows = find_duplicates(pixels)
        points = model.latents.points(encode_images(model, pixels[first], workers, levels))
        if not points_fit(points):
            raise FormatError("labels given codes that have too many dimensions")
        return earlier_neighbours(points[rows], pixels, levels, pixel_weight)

    return neighbours


def pack_arrays(
    side: Sequence[SideArray], header: Header, context: Context | None
) -> tuple[Header, list[Section]]:
    """The sections of all side arrays, in written order, and the header that goes with them.

    Arrays of labels get a section of their own if the file is the smaller for it; which of
    several, each one's size alone decides. Without a context none does. Raises `DataError` when
    an array has no .npy form.
    """
    plain = _side_sections(side)
    if context is None:
        return header, plain
    tables = {place: table for place, one in enumerate(side) if (table := table_of(one))}
    if len(tables) > 1:
        tables = {
            place: table
            for place, table in tables.items()
            if len(pack_labels([side[place]], [table], context)) < len(pack_side([side[place]]))
        }
    if not tables:
        return header, plain
    chosen = replace(header, labels=tuple(tables))
    payload = pack_labels([side[place] for place in tables], list(tables.values()), context)
    rest = [one for place, one in enumerate(side) if place not in tables]
    sections = [*_side_sections(rest), Section(SectionType.LABELS, 0, payload)]
    if _file_bytes(chosen, sections) < _file_bytes(header, plain):
        return chosen, sections
    return header, plain


def unpack_arrays(archive: Archive, context: Context) -> tuple[SideArray, ...]:
    """Undo `pack_arrays`.

    Raises `FormatError` on malformed sections, `CorruptionError` on labels or other arrays that
    are not what was packed.
    """
    header = archive.header
    rest = unpack_side(archive.side, header.count) if archive.side is not None else ()
    if not header.labels:
        return rest
    labels = _unpack_labels(archive.labels or b"", len(header.labels), context)
    if header.labels[-1] >= len(labels) + len(rest):
        raise FormatError(f"labels: there is no array {header.labels[-1]} among the side arrays")
    placed, others = dict(zip(header.labels, labels, strict=True)), iter(rest)
    total = len(labels) + len(rest)
    return tuple(placed[at] if at in placed else next(others) for at in range(total))


def _side_sections(side: Sequence[SideArray]) -> list[Section]:
    return [Section(SectionType.SIDE, 0, pack_side(side))] if side else []


def _file_bytes(header: Header, sections: Sequence[Section]) -> int:
    return len(header.to_bytes()) + sum(section.file_bytes for section in sections)


def _digest(head: bytes, arrays: Sequence[SideArray]) -> bytes:
    """SHA-256 of what stands before the stack and of all values as they lie in memory."""
    return hashlib.sha256(b"".join((head, *(side.array.tobytes() for side in arrays)))).digest()


def pack_labels(
    arrays: Sequence[SideArray], tables: Sequence[LabelTable], context: Context
) -> bytes:
    """The payload of a labels section: arrays with their tables, in written order."""
    head = pack_tables(PIXEL_WEIGHT, tables)
    stack = Stack.seeded(_digest(head, arrays))
    for side, table in reversed(list(zip(arrays, tables, strict=True))):
        Labels(context(PIXEL_WEIGHT), len(table.values)).push(stack, table.classes(side.array))
    return head + stack.words().astype("<u4").tobytes()


def _unpack_labels(payload: bytes, count: int, context: Context) -> list[SideArray]:
    pixel_weight, tables, start = unpack_tables(payload, count)
    words = np.frombuffer(payload, "<u4", offset=start).astype(np.uint32)
    neighbours = context(pixel_weight)
    try:
        stack = Stack(words, seal=False)
        arrays = [
            table.side_array(Labels(neighbours, len(table.values)).pop(stack)) for table in tables
        ]
        left = stack.unsealed()
    except CorruptionError as error:
        raise CorruptionError(f"the labels are damaged: {error}") from error
    if not np.array_equal(left, seed_words(_digest(payload[:start], arrays), 1)):
        raise CorruptionError("the labels are damaged: they do not match their digest")
    return arrays
