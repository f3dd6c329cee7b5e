"""Whether images have near neighbours."""

from __future__ import annotations

from pathlib import Path

import mixed_sets
import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.analysis import likeness as module
from acncodec.analysis.likeness import find_likeness, noise_of, thumbnails
from acncodec.images import load_dataset, mixed_from_arrays, open_dataset
from acncodec.images.recognised import recognise


def scenes(count: int, seed: int, height: int = 24, width: int = 20) -> NDArray[np.float64]:
    """Smooth pictures that have nothing in common."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width]
    phases, speeds = rng.uniform(0, 6, (2, count, 1, 1)), rng.uniform(0.05, 0.3, (2, count, 1, 1))
    waves = np.sin(rows * speeds[0] + phases[0]) + np.cos(columns * speeds[1] + phases[1])
    return 128 + 50 * waves


def noisy(images: NDArray[np.float64], sigma: float, seed: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(0, sigma, images.shape)
    return (images + noise).round().clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [2, 6])
def test_noise_is_what_was_added(sigma: float) -> None:
    found = [noise_of(image[None].astype(np.int64)) for image in noisy(scenes(30, 1), sigma, 2)]
    assert np.median(found) == pytest.approx(sigma, rel=0.1)


def test_an_image_of_two_rows_tells_no_noise() -> None:
    assert np.isnan(noise_of(np.zeros((1, 2, 9), np.int64)))
    found = find_likeness(recognise({"x": noisy(scenes(9, 1, 2, 9), 3, 2)}))
    assert found is not None and found.noise is None and found.is_near is None


def test_two_noisy_pictures_of_each_scene_are_near() -> None:
    given = scenes(20, 3)
    images = np.concatenate([noisy(given, 4, 4), noisy(given, 4, 5)])
    found = find_likeness(recognise({"x": images}))
    assert found is not None and found.is_near and found.equal == 0 and found.images == 40
    # Of two normal errors the mean absolute difference is 2 sigma / sqrt(pi).
    assert found.difference == pytest.approx(4 * 2 / np.sqrt(np.pi), rel=0.1)


def test_unlike_scenes_are_not() -> None:
    found = find_likeness(recognise({"x": noisy(scenes(40, 3), 1, 4)}))
    assert found is not None and found.is_near is False


def test_what_is_there_twice_is_told() -> None:
    images = noisy(scenes(30, 3), 4, 4)
    found = find_likeness(recognise({"x": np.concatenate([images, images[:10]])}))
    assert found is not None and found.equal == pytest.approx(20 / 40)


def test_neighbours_in_the_order_are_seen_though_few_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    images = noisy(np.repeat(scenes(60, 3), 2, axis=0), 4, 4)
    monkeypatch.setattr(module, "ASKED", 6)
    monkeypatch.setattr(module, "AMONG", 6)
    found = find_likeness(recognise({"x": images}))
    assert found is not None and found.images == 6 and found.is_near


def test_images_on_disk_are_as_those_in_memory(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", noisy(scenes(30, 3), 4, 4))
    assert find_likeness(open_dataset(tmp_path / "x.npy")) == find_likeness(
        load_dataset(tmp_path / "x.npy")
    )


def test_of_a_mixed_set_the_class_that_has_most_is_asked() -> None:
    given = scenes(12, 3)
    alike = [*noisy(given, 4, 4), *noisy(given, 4, 5)]
    found = find_likeness(mixed_from_arrays([*alike, *noisy(scenes(9, 7, 8, 8), 1, 2)]))
    assert found is not None and found.images == 24 and found.is_near
    assert find_likeness(mixed_sets.mixed_set()) is not None


def test_one_image_has_no_neighbour() -> None:
    assert find_likeness(recognise({"x": noisy(scenes(1, 3), 4, 4)})) is None


def test_thumbnails_are_sums_of_parts() -> None:
    pixels = np.arange(2 * 3 * 16 * 5).reshape(2, 3, 16, 5).astype(np.uint16)
    found = thumbnails(pixels)
    assert found.shape == (2, 3 * 8 * 5)
    assert found[1, 0] == pixels[1, 0, :2, 0].sum()
    assert found.sum() == pixels.sum(dtype=np.int64)
