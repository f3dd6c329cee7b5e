"""Whether a decoded data set is the one that went in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from acncodec.images import DataSet, DataSource, MixedData, SideArray, StoredData, raw_view
from acncodec.images.mixed import as_mixed
from acncodec.images.mixed_images import MixedImages
from acncodec.images.mixed_source import MixedSource
from acncodec.images.mixed_window import MixedWindow
from acncodec.images.rows import take_rows
from acncodec.images.stored_mixed import StoredMixed
from acncodec.shards.arrange import canonical_order, sliced


def same_data(data: DataSet | MixedData, back: DataSet | MixedData, order: str) -> bool:
    """Whether `back` is `data`: every array, its name, dtype, shape and bytes.

    In the order `any` images come back in another order, their aligned rows with them; equal
    images are then told apart by those rows.
    """
    if isinstance(data, MixedData) or isinstance(back, MixedData):
        return _same_mixed(_mixed(data), _mixed(back), order)
    if data.spec != back.spec or data.pixels.shape != back.pixels.shape:
        return False
    # Types and shapes as they are given: what sorts the rows might change both alike.
    if not same_types(data.side, back.side):
        return False
    if order == "any":
        data, back = _sorted(data), _sorted(back)
    return np.array_equal(data.pixels, back.pixels) and same_entries(data.side, back.side)


def _mixed(data: DataSet | MixedData) -> MixedData:
    return data if isinstance(data, MixedData) else as_mixed(data)


def _same_mixed(data: MixedData, back: MixedData, order: str) -> bool:
    """The same of sets of several classes of images."""
    if data.spec != back.spec or data.images.classes != back.images.classes:
        return False
    if data.count != back.count or not same_types(data.side, back.side):
        return False
    ones, others = np.arange(data.count), np.arange(back.count)
    if order == "any":
        ones, others = _mixed_order(data), _mixed_order(back)
    if data.images[ones].keys() != back.images[others].keys():
        return False
    return same_entries(sliced(data.side, ones), sliced(back.side, others))


def _mixed_order(data: MixedData) -> NDArray[np.int64]:
    keys = data.images.keys()
    aligned = [raw_view(entry.array) for entry in data.side if entry.aligned]
    order = sorted(
        range(data.count), key=lambda row: (keys[row], [array[row].tobytes() for array in aligned])
    )
    return np.array(order, np.int64)


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


def same_images(ones: MixedImages, others: MixedImages) -> bool:
    """Whether images are the same one by one, of the same classes."""
    if [ones.classes[at] for at in ones.members] != [others.classes[at] for at in others.members]:
        return False
    return all(map(np.array_equal, ones.listed(), others.listed()))


def same_input(data: DataSource | MixedSource, now: DataSource | MixedSource) -> bool:
    """Whether two readings of an input found the same."""
    if isinstance(data, DataSet | MixedData) and isinstance(now, DataSet | MixedData):
        return same_data(data, now, "keep")
    if isinstance(data, MixedWindow) and isinstance(now, MixedWindow):
        same = data.rows == now.rows and same_input(data.whole, now.whole)
    elif isinstance(data, StoredData) and isinstance(now, StoredData):
        same = data.same_images(now)
    else:
        same = (
            isinstance(data, StoredMixed) and isinstance(now, StoredMixed) and data.same_images(now)
        )
    return same and same_types(data.side, now.side) and same_entries(data.side, now.side)
