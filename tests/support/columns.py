"""Parquet files made by pyarrow, and what `datasets` writes of pictures."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from pictures import GREY, png
from tiny import blobs

IMAGES = blobs(6, 1)[:, 0] * np.uint8(255)
BYTES = [png(image, 8, GREY) for image in IMAGES]


def written(columns: dict[str, Any], **options: Any) -> io.BytesIO:
    """A Parquet file of some columns."""
    import pyarrow
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), out, **options)
    out.seek(0)
    return out


def pictures(contents: list[bytes | None] | list[bytes], paths: list[Any]) -> Any:
    """A column of structures of `bytes` and `path`."""
    import pyarrow

    kind = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    rows = [{"bytes": one, "path": path} for one, path in zip(contents, paths, strict=True)]
    return pyarrow.array(rows, kind)
