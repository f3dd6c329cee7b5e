"""Small data sets, made and coded in one line."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from reading import decoded

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel

SPEC = ImageSpec("x", "uint8", "nhw", (0, 1))


def dataset(pixels: NDArray[np.uint8], *side: SideArray) -> DataSet:
    """A data set of binary images (N, C, H, W) and side data."""
    return DataSet(pixels, SPEC, tuple(side), pixels.nbytes)


def labels(count: int, seed: int = 0) -> SideArray:
    """Random labels, one an image."""
    return SideArray("y", np.random.default_rng(seed).integers(0, 10, count), aligned=True)


def packed(data: DataSet, model: FrozenModel, **options: object) -> bytes:
    """The archive of a data set; options: of `CompressOptions`."""
    file = io.BytesIO()
    compress_dataset(data, model, CompressOptions(**options), file)  # type: ignore[arg-type]
    return file.getvalue()


def unpacked(blob: bytes, model: FrozenModel, folder: Path, **options: int) -> DataSet:
    """The data set of an archive; options: of `reading.decoded`."""
    path = folder / "file.acn"
    path.write_bytes(blob)
    return decoded(path, model, **options)
