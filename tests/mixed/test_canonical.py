"""The order of a mixed set's images by their bytes, whatever is compared at once."""

from __future__ import annotations

import mixed_sets
import numpy as np
import pytest

from acncodec.images import MixedData, SideArray, mixed_from_arrays, raw_view
from acncodec.mixed import canonical
from acncodec.mixed.canonical import canonical_rows


def rows_of(data: MixedData) -> list[np.ndarray]:
    return [raw_view(entry.array) for entry in data.side if entry.aligned]


def by_whole_keys(data: MixedData) -> list[int]:
    """By the bytes of section 3.1 of docs/FORMAT.md, equal images by their rows."""
    keys, rows = data.images.keys(), rows_of(data)
    return sorted(
        range(data.count), key=lambda row: (keys[row], b"".join(one[row].tobytes() for one in rows))
    )


@pytest.mark.parametrize("key_bytes", [1, 40, 400, 1 << 26])
@pytest.mark.parametrize("piece", [1, 60, 1 << 22])
def test_it_is_that_of_all_bytes(
    key_bytes: int, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canonical, "PIECE_SAMPLES", piece)
    for seed in range(4):
        data = mixed_sets.mixed_set(seed)
        assert canonical_rows(data, rows_of(data), key_bytes).tolist() == by_whole_keys(data)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_images_alike_at_their_beginnings_are_told_apart(dtype: type) -> None:
    rng = np.random.default_rng(3)
    images = [np.zeros((9, 7), dtype) for _ in range(40)]
    for image in images[4:]:
        image[8, 3:] = rng.integers(0, 3, 4) * (100 if dtype is np.uint16 else 1)
    images.append(np.full((2, 2), 300 if dtype is np.uint16 else 9, dtype))
    side = SideArray("rows", rng.integers(0, 3, len(images)), True)
    data = mixed_from_arrays(images, side=(side,))
    for key_bytes in (1, 1 << 26):
        assert canonical_rows(data, rows_of(data), key_bytes).tolist() == by_whole_keys(data)


def test_thousands_of_equal_bytes_are_no_deep_recursion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(canonical, "LEAST", 1)
    images = [np.zeros((50, 60), np.uint8), np.zeros((50, 60), np.uint8), np.ones((1, 1), np.uint8)]
    data = mixed_from_arrays(images)
    assert sorted(canonical_rows(data, [], 1).tolist()) == [0, 1, 2]


def test_no_image_has_no_order() -> None:
    none = mixed_sets.mixed_set().images[np.zeros(0, np.int64)]
    assert canonical_rows(none, []).tolist() == []
