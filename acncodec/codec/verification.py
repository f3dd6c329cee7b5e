"""Whether an archive gives back what went into it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from acncodec.codec.compare import same_data, same_entries, same_images, same_input, same_types
from acncodec.codec.contents import Decoding, MixedDecoding
from acncodec.codec.reader import Reader
from acncodec.container import MixedHeader
from acncodec.errors import CorruptionError, DataError
from acncodec.images import DataSet, DataSource, raw_view
from acncodec.images.mixed_source import MixedSource
from acncodec.images.stored_mixed import OneClass
from acncodec.mixed.canonical import canonical_rows
from acncodec.mixed.shards import CutSet
from acncodec.shards.arrange import Shards, sliced

LOST = "the archive does not give back what went in; nothing is kept"
CHANGED = "the input has changed since it was read; nothing is kept"


def verify_against(
    archive: Reader, data: DataSource | MixedSource, again: Callable[[], DataSource | MixedSource]
) -> None:
    """Raise `CorruptionError` unless `archive` gives `data` back, `DataError` if what `again`
    reads, once it is decoded, is something else. Raises as `Reader` does, too."""
    if isinstance(data, DataSet) and not isinstance(archive.header, MixedHeader):
        held = same_data(data, archive.read(), archive.header.order)
    else:
        # What is read for this is compared with the fingerprints of what was read at first.
        held = holds(archive, data)
    if not held:
        raise CorruptionError(LOST)
    if not same_input(data, again()):
        raise DataError(CHANGED)


def holds(archive: Reader, data: DataSource | MixedSource) -> bool:
    """Whether an archive gives `data` back: every array, its name, type, shape and bytes; in the
    order `any` as a set, aligned rows with their images.

    Reads `data` once more, as far as it is not in memory. Raises as `Reader` does, and `DataError`
    when the images cannot be read or have changed.
    """
    with archive.decoding() as found:
        if isinstance(found, MixedDecoding):
            return _holds_mixed(found, data if isinstance(data, MixedSource) else OneClass(data))
        if isinstance(data, MixedSource):
            return False
        if isinstance(found, Decoding):
            return _holds_uniform(found, data)
        return isinstance(data, DataSet) and same_data(data, found, archive.header.order)


def _holds_uniform(found: Decoding, data: DataSource) -> bool:
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


def _holds_mixed(found: MixedDecoding, data: MixedSource) -> bool:
    header = found.header
    theirs = header.spec, found.classes, header.count
    if theirs != (data.spec, data.classes, data.count) or not same_types(data.side, found.side):
        return False
    keep, start = header.order == "keep", 0
    ours = CutSet(data, keep, None).rows(0)
    order = np.arange(header.count)
    for part in found.parts:
        stop, images = start + len(part), part
        if not keep:
            # A file may have inverted images elsewhere in the canonical order of their shard.
            rows = sliced(found.side, order[start:stop])
            aligned = [raw_view(entry.array) for entry in rows if entry.aligned]
            places = canonical_rows(part, aligned)
            images, order[start:stop] = part[places], start + places
        if not same_images(images, data.take(ours[start:stop])):
            return False
        start = stop
    return same_entries(sliced(data.side, ours), sliced(found.side, order))
