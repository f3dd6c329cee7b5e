"""The arrays beside the images of an archive, of whichever kind."""

from __future__ import annotations

from acncodec.coding.neighbours import Neighbours
from acncodec.container import Archive
from acncodec.errors import CorruptionError, DataError
from acncodec.images import SideArray
from acncodec.images.dataset import check_names
from acncodec.shards.labels import Context, unpack_arrays


def side_of(archive: Archive, context: Context | None = None) -> tuple[SideArray, ...]:
    """All side arrays, in their order.

    context: of all images, given which labels are coded; without labels none is needed. Raises
    `FormatError` on malformed sections, `CorruptionError` if they do not fit the images.
    """
    header = archive.header
    try:
        side = unpack_arrays(archive, context or _no_neighbours)
        check_names(header.spec, side, header.count)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error
    return side


def _no_neighbours(_pixel_weight: int) -> Neighbours:
    raise CorruptionError("there are labels, but no images given which they are coded")
