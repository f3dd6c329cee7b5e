"""Some consecutive images of a set, with what belongs to them; and a digest of a whole set."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet, SideArray
from acncodec.images.formats.npy import raw_view
from acncodec.images.levels import sample_bytes
from acncodec.images.mixed import MixedData
from acncodec.images.mixed_source import MixedSource
from acncodec.images.mixed_window import MixedWindow
from acncodec.images.rows import slice_rows
from acncodec.images.source import DataSource
from acncodec.images.stored import StoredData
from acncodec.images.stored_mixed import StoredMixed


def window(
    data: DataSource | MixedSource, rows: range, more: Sequence[SideArray] = ()
) -> DataSource | MixedSource:
    """The images `rows`, in steps of 1, with their rows of aligned arrays; other arrays are whole.
    Level maps and classes are those of the whole set.

    more: arrays that come after all others. Raises `DataError` where one is called like another,
    and for sets that are made of another one.
    """
    side = tuple(
        replace(entry, array=slice_rows(entry.array, rows.start, rows.stop))
        if entry.aligned
        else entry
        for entry in data.side
    )
    side = (*side, *more)
    if isinstance(data, DataSet):
        pixels = data.pixels[rows.start : rows.stop]
        nbytes = data.array_bytes // max(1, data.count) * len(rows)
        return DataSet(pixels, data.spec, side, nbytes, data.warnings)
    if isinstance(data, StoredData):
        return data.window(rows, side)
    if isinstance(data, MixedData | StoredMixed):
        return MixedWindow(data, rows, side)
    raise DataError("a part of such a set is not taken")


def fingerprint(data: DataSource | MixedSource) -> bytes:
    """32 bytes that tell sets apart by their images and arrays. Of the same images another one
    where they lie elsewhere: in memory, in a file of arrays, or as pictures of a folder.

    Raises `DataError` for sets that are made of another one.
    """
    digest = hashlib.sha256()
    for piece in _pieces(data):
        digest.update(len(piece).to_bytes(8, "little"))
        digest.update(piece)
    return digest.digest()


def _pieces(data: DataSource | MixedSource) -> Iterator[bytes]:
    if isinstance(data, DataSet):
        yield hashlib.sha256(sample_bytes(data.pixels).data).digest()
    elif isinstance(data, MixedData):
        yield from data.images.keys()
    elif isinstance(data, StoredData | StoredMixed):
        yield data.fingerprint
    else:
        raise DataError("a part of such a set is not taken")
    for entry in data.side:
        yield entry.name.encode()
        yield raw_view(entry.array).tobytes()
