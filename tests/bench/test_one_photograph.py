"""`bench/one_photograph.py`: tiles are the photograph, and each way has its figures."""

from __future__ import annotations

import numpy as np
from level_sets import tiny_resnet
from one_photograph import coded, cut, ways

RNG = np.random.default_rng(0)
SMOOTH = (np.cumsum(RNG.integers(-1, 2, (20, 30, 3)), axis=1) + 128).astype(np.uint8)


def test_tiles_hold_each_pixel_once() -> None:
    tiles = cut(SMOOTH, 16)
    assert [tile.shape[:2] for tile in tiles] == [(16, 16), (16, 14), (4, 16), (4, 14)]
    rows = [np.concatenate(tiles[at : at + 2], axis=1) for at in (0, 2)]
    assert np.array_equal(np.concatenate(rows), SMOOTH)


def test_each_way_has_its_figures() -> None:
    model = tiny_resnet(3)
    found = ways(SMOOTH, model, (10, 16))
    assert list(found) == ["whole", "never", "10", "16"]
    assert [way["images"] for way in found.values()] == [1, 1, 6, 4]
    assert found["never"]["stored_images"] == 0 < found["never"]["bytes"]
    assert found["whole"]["bytes"] <= found["never"]["bytes"]
    assert found["never"]["expected_decompress_seconds"] > 0


def test_noise_is_stored_and_takes_no_time() -> None:
    noise = RNG.integers(0, 256, (48, 48, 3)).astype(np.uint8)
    found = coded([noise], tiny_resnet(3))
    assert found["stored_images"] == 1 and found["expected_decompress_seconds"] == 0
