from __future__ import annotations

import numpy as np

from acncodec.images.rows import join_rows, slice_rows, take_rows


def test_types_and_all_bytes_are_kept() -> None:
    rows = np.array([2, 0])
    structure = np.dtype([("a", "u1"), ("b", "<i4")], align=True)
    padded = np.frombuffer(bytes(range(3 * structure.itemsize)), structure)
    for array in (np.arange(3, dtype=">i2"), np.zeros(3, "U0"), np.zeros((3, 0)), padded):
        found = take_rows(array, rows)
        assert found.dtype == array.dtype and found.shape == (2, *array.shape[1:])
    assert take_rows(padded, rows).tobytes()[: structure.itemsize] == padded.tobytes()[-8:]


def arrays() -> list[np.ndarray]:
    structure = np.dtype([("a", "u1"), ("b", "<i4")], align=True)
    padded = np.frombuffer(bytes(range(6 * structure.itemsize)), structure)
    odd = np.array([0, 1, 2, 255, 1, 0], np.uint8).view(np.bool_)
    table = np.arange(18, dtype=">f4").reshape(6, 3)
    return [
        np.arange(6, dtype=">i2"), np.zeros(6, "U0"), np.zeros((6, 0)), padded, odd, table,
        np.asfortranarray(table), np.array(["a", "bcd", "", "é", "x", "y"]),
        np.array(["2026-01-01"] * 6, "M8[D]"),
    ]  # fmt: skip


def test_rows_cut_and_joined_are_the_whole_in_its_order_and_all_its_bytes() -> None:
    for array in arrays():
        parts = [slice_rows(array, start, stop) for start, stop in ((0, 1), (1, 4), (4, 6))]
        whole = join_rows(parts)
        assert whole.dtype.str == array.dtype.str and whole.shape == array.shape
        assert whole.tobytes() == array.tobytes()
        if array.size:
            assert whole.flags.c_contiguous == array.flags.c_contiguous, array.dtype
        for part, (start, stop) in zip(parts, ((0, 1), (1, 4), (4, 6)), strict=True):
            assert part.tobytes() == array[start:stop].tobytes()
            assert not np.shares_memory(part, array)
