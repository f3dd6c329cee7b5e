"""Pickles are known and never loaded."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images import load_dataset, open_dataset


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_is_refused_with_advice(tmp_path: Path, protocol: int) -> None:
    """CIFAR's Python version is one of protocol 2."""
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps({"data": np.zeros((2, 3072), np.uint8)}, protocol))
    for read in (load_dataset, open_dataset):
        with pytest.raises(DataError, match=r"pickle.*binary version \(cifar-10-binary\.tar\.gz"):
            read(path)
