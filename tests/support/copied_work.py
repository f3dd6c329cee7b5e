"""What a worker process does with a model that it was handed. (A spawned process can import this
module, and not a test's.)"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
import torch
from reading import decoded
from tiny import blobs
from torch.utils.data import Dataset

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel

COUNT = 23


def coded(model: FrozenModel) -> bytes:
    """A file of some images by `model`, decoded by it once more to be sure."""
    images = np.unique(blobs(COUNT, 7)[:, 0], axis=0)
    out = io.BytesIO()
    compress_dataset(recognise({"x": images}), model, CompressOptions("any", threads=1), out)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.acn")
        path.write_bytes(out.getvalue())
        back = decoded(path, model, threads=1)
    if not np.array_equal(np.unique(back.pixels[:, 0], axis=0), images):
        raise RuntimeError("other images came back")
    return out.getvalue()


class Files(Dataset[torch.Tensor]):
    """The same file again and again, as a loader's workers make it."""

    def __init__(self, model: FrozenModel) -> None:
        self._model = model

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> torch.Tensor:
        return torch.frombuffer(bytearray(coded(self._model)), dtype=torch.uint8)
