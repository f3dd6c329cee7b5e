"""A folder of pictures of several sizes and modes, as a set of several classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from acncodec.images.dataset import SideArray
from acncodec.images.folder import Folder
from acncodec.images.from_arrays import mixed_from_arrays
from acncodec.images.mixed import MixedData
from acncodec.images.picture_side import ALIGNED
from acncodec.images.reading import MAX_BYTES, check_total


def load_mixed_folder(
    folder: Folder, not_aligned: Sequence[str] = (), *, max_bytes: int = MAX_BYTES
) -> MixedData:
    """Read every picture. All are uint16 where one of them is, else uint8, their values as they
    are stored; `modes` says what each of them was.

    Pictures of one mode have their levels in common.

    Raises `DataError` for a file that cannot be read or has changed, and for too much.
    """
    widest = np.uint16 if any(one.picture.maximum > 255 for one in folder.pictures) else np.uint8
    itemsize = np.dtype(widest).itemsize
    samples = sum(one.picture.nbytes // one.picture.dtype.itemsize for one in folder.pictures)
    check_total(samples * itemsize, max_bytes)
    arrays = [folder.samples(row).astype(widest) for row in range(len(folder.pictures))]
    side = tuple(
        SideArray(name, array, name in ALIGNED and name not in not_aligned)
        for name, array in folder.side().items()
    )
    modes = [one.picture.mode.name for one in folder.pictures]
    return mixed_from_arrays(
        arrays, layout="nhw", groups=modes, side=side, warnings=folder.warnings
    )
