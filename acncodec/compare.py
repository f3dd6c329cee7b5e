"""Whether a decoded data set is the one that went in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from acncodec.arrange import canonical_order
from acncodec.images import DataSet, SideArray, raw_view
from acncodec.images.rows import take_rows


def same_data(data: DataSet, back: DataSet, order: str) -> bool:
    """Whether `back` is `data`: every array, its name, dtype, shape and bytes.

    In the order `any` images come back in another order, their aligned rows with them; equal
    images are then told apart by those rows.
    """
    if data.spec != back.spec or data.pixels.shape != back.pixels.shape:
        return False
    # Types and shapes as they are given: what sorts the rows might change both alike.
    if not same_types(data.side, back.side):
        return False
    if order == "any":
        data, back = _sorted(data), _sorted(back)
    return np.array_equal(data.pixels, back.pixels) and same_entries(data.side, back.side)


def same_types(ones: Sequence[SideArray], others: Sequence[SideArray]) -> bool:
    """Whether names, alignment, types and shapes are the same."""
    return [_about(side) for side in ones] == [_about(side) for side in others]


def same_entries(ones: Sequence[SideArray], others: Sequence[SideArray]) -> bool:
    """Whether arrays of the same types have the same bytes."""
    return all(
        raw_view(one.array).tobytes() == raw_view(other.array).tobytes()
        for one, other in zip(ones, others, strict=True)
    )


def _about(side: SideArray) -> tuple[object, ...]:
    """Everything of a side array but its entries."""
    return side.name, side.aligned, side.array.dtype, side.array.shape


def _sorted(data: DataSet) -> DataSet:
    """By the bytes of the images, then by those of the aligned rows in turn."""
    aligned = [raw_view(entry.array) for entry in data.side if entry.aligned]
    by_side = np.array(
        sorted(range(data.count), key=lambda row: [array[row].tobytes() for array in aligned]),
        np.int64,
    )
    order = by_side[canonical_order(data.pixels[by_side])]
    side = tuple(
        SideArray(entry.name, take_rows(entry.array, order), True) if entry.aligned else entry
        for entry in data.side
    )
    return DataSet(data.pixels[order], data.spec, side, data.array_bytes)
