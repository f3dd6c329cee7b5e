"""Whether an archive gives back what went into it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from acncodec.arrange import Shards
from acncodec.codec.contents import Decoding
from acncodec.codec.reader import Reader
from acncodec.compare import same_data, same_entries, same_types
from acncodec.container import MixedHeader
from acncodec.errors import CorruptionError, DataError
from acncodec.images import DataSet, DataSource, MixedData, StoredData
from acncodec.images.mixed import as_mixed

LOST = "the archive does not give back what went in; nothing is kept"
CHANGED = "the input has changed since it was read; nothing is kept"


def verify_against(
    archive: Reader, data: DataSource | MixedData, again: Callable[[], DataSource | MixedData]
) -> None:
    """Raise `CorruptionError` unless `archive` gives `data` back, `DataError` if what `again`
    reads, once it is decoded, is something else. Raises as `Reader` does, too."""
    if isinstance(data, DataSet | MixedData) or isinstance(archive.header, MixedHeader):
        back, order = archive.read(), archive.header.order
        if not same_data(_in_memory(data), back, order):
            raise CorruptionError(LOST)
        if not same_data(_in_memory(again()), back, order):
            raise DataError(CHANGED)
        return
    # What is read for this is compared with the fingerprints of what was read at first.
    if not holds(archive, data):
        raise CorruptionError(LOST)
    now = again()
    both = isinstance(data, StoredData) and isinstance(now, StoredData) and data.same_images(now)
    if not (both and same_types(data.side, now.side) and same_entries(data.side, now.side)):
        raise DataError(CHANGED)


def holds(archive: Reader, data: DataSource) -> bool:
    """Whether an archive of a set of one shape gives `data` back: every array, its name, type,
    shape and bytes; in the order `any` in canonical order, aligned rows with their images.

    Reads `data` once more, as far as it is not in memory. Raises as `Reader` does, and `DataError`
    when the images cannot be read or have changed.
    """
    with archive.decoding() as found:
        if not isinstance(found, Decoding):
            whole = _in_memory(data)
            return same_data(whole, found, archive.header.order)
        header = found.header
        theirs = header.spec, header.shape, header.count
        # Types and shapes as they are given: what sorts the rows might change both alike.
        if theirs != (data.spec, data.shape, data.count) or not same_types(data.side, found.side):
            return False
        shards, start = Shards(data, header.order == "keep", None), 0
        for part in found.parts:
            if not np.array_equal(part, shards.images(start, start + len(part))):
                return False
            start += len(part)
        return same_entries(shards.side, found.side)


def _in_memory(data: DataSource | MixedData) -> DataSet | MixedData:
    return data if isinstance(data, DataSet | MixedData) else as_mixed(data)
