"""`acncodec compress --verify`: the archive is decoded, and its input read once more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from acncodec.codec import CompressOptions
    from acncodec.images import DataSource, MixedData
    from acncodec.models.frozen import FrozenModel


def verify_archive(
    data: DataSource | MixedData,
    models: list[FrozenModel],
    options: CompressOptions,
    path: Path,
    again: Callable[[], DataSource | MixedData],
    progress: Callable[[str, float], None],
) -> None:
    """Raise `CorruptionError` unless the archive at `path` gives `data` back, `DataError` if what
    `again` reads, once it is decoded, is something else."""
    from acncodec.codec import Run, holds, read_set
    from acncodec.compare import same_data, same_entries, same_types
    from acncodec.container import MixedHeader, read_header
    from acncodec.errors import CorruptionError, DataError
    from acncodec.images import DataSet, MixedData, StoredData
    from acncodec.images.mixed import as_mixed

    lost = "the archive does not give back what went in; nothing is kept"
    changed = "the input has changed since it was read; nothing is kept"
    header = read_header(path).header
    if isinstance(data, DataSet | MixedData) or isinstance(header, MixedHeader):
        run = Run(options.threads, options.batch, options.device, allow_large=True)
        back = read_set(path, models, run, progress)
        whole = data if isinstance(data, DataSet | MixedData) else as_mixed(data)
        if not same_data(whole, back, options.order):
            raise CorruptionError(lost)
        now = again()
        whole = now if isinstance(now, DataSet | MixedData) else as_mixed(now)
        if not same_data(whole, back, options.order):
            raise DataError(changed)
        return
    # What is read for this is compared with the fingerprints of what was read at first.
    model = next(one for one in models if one.model_id == header.model_id)
    speed = options.threads, options.batch
    if not holds(path, data, model, *speed, progress, options.device, allow_large=True):
        raise CorruptionError(lost)
    now = again()
    both = isinstance(data, StoredData) and isinstance(now, StoredData) and data.same_images(now)
    if not (both and same_types(data.side, now.side) and same_entries(data.side, now.side)):
        raise DataError(changed)
