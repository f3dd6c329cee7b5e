from __future__ import annotations

import numpy as np

from acncodec.images.rows import take_rows


def test_types_and_all_bytes_are_kept() -> None:
    rows = np.array([2, 0])
    structure = np.dtype([("a", "u1"), ("b", "<i4")], align=True)
    padded = np.frombuffer(bytes(range(3 * structure.itemsize)), structure)
    for array in (np.arange(3, dtype=">i2"), np.zeros(3, "U0"), np.zeros((3, 0)), padded):
        found = take_rows(array, rows)
        assert found.dtype == array.dtype and found.shape == (2, *array.shape[1:])
    assert take_rows(padded, rows).tobytes()[: structure.itemsize] == padded.tobytes()[-8:]
