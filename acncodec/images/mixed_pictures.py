"""Pictures of several sizes and modes, as a set of several classes: read whole, or left where they
lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from acncodec.images.dataset import SideArray
from acncodec.images.from_arrays import mixed_from_arrays
from acncodec.images.mixed import MixedData
from acncodec.images.picture_side import chunk_lists
from acncodec.images.pictures import Pictures
from acncodec.images.reading import MAX_BYTES, check_total
from acncodec.images.side_arrays import further_images, other_arrays
from acncodec.images.stored_mixed import LAYOUT, StoredMixed


def load_mixed(
    pictures: Pictures, aligned: Sequence[str] = (), not_aligned: Sequence[str] = (), *,
    max_bytes: int = MAX_BYTES,
) -> MixedData:  # fmt: skip
    """Read every picture. All are uint16 where one of them is, else uint8, their values as they
    are stored; `modes` says what each of them was.

    Pictures of one mode have their levels in common.

    Raises `DataError` for a file that cannot be read or has changed, for too much, and where an
    override names an array that cannot be overridden.
    """
    folder, side = pictures.folder, _side(pictures, aligned, not_aligned)
    widest = np.uint16 if any(one.picture.maximum > 255 for one in folder.pictures) else np.uint8
    itemsize = np.dtype(widest).itemsize
    samples = sum(one.picture.nbytes // one.picture.dtype.itemsize for one in folder.pictures)
    check_total(samples * itemsize, max_bytes)
    images = [folder.samples(row).astype(widest) for row in range(len(folder.pictures))]
    return mixed_from_arrays(
        images, name=pictures.name, layout=LAYOUT,
        groups=[one.picture.mode.name for one in folder.pictures], side=side,
        position=len(pictures.before), warnings=_warnings(pictures, side),
    )  # fmt: skip


def open_mixed(
    pictures: Pictures, aligned: Sequence[str] = (), not_aligned: Sequence[str] = ()
) -> StoredMixed:
    """As `load_mixed`, but pictures are read when they are asked for, however many; their folder
    must stay."""
    side = _side(pictures, aligned, not_aligned)
    return StoredMixed(
        pictures.folder, side, pictures.name, len(pictures.before), _warnings(pictures, side)
    )


def _side(
    pictures: Pictures, aligned: Sequence[str], not_aligned: Sequence[str]
) -> tuple[SideArray, ...]:
    """What is beside the samples of the pictures."""
    arrays = pictures.beside(pictures.stand_in())
    apart = (*not_aligned, *chunk_lists(arrays))
    return other_arrays(arrays, pictures.name, aligned, apart)


def _warnings(pictures: Pictures, side: tuple[SideArray, ...]) -> tuple[str, ...]:
    return (*pictures.warnings, *further_images(pictures.name, side))
