"""What stands where on the sheets of samples, reconstructions, daydreams and neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import blobs

from acncodec.figures.galleries import (
    Found,
    Source,
    daydream_frames,
    daydreams,
    neighbours,
    reconstructions,
    samples,
)
from acncodec.figures.style import BLACK, BLUE

ABOUT = Source("tiny", 2, 7, "data.npz")
IMAGES = blobs(24, 1)


@pytest.mark.parametrize(
    ("count", "shape"), [(1, (1, 1)), (10, (2, 5)), (24, (4, 6)), (23, (4, 6)), (7, (2, 4))]
)
def test_samples_fill_a_block(count: int, shape: tuple[int, int]) -> None:
    sheet = samples(IMAGES[:count], ABOUT)
    assert sheet.images.shape[:2] == shape
    assert sheet.shown is not None
    assert sheet.shown.sum() == count
    assert np.array_equal(sheet.images.reshape(-1, 1, 8, 8)[:count], IMAGES[:count])
    assert "the model tiny" in sheet.title
    assert "Seed 7" in " ".join(sheet.notes)


def test_reconstructions_follow_their_originals() -> None:
    sheet = reconstructions(IMAGES[:6], IMAGES[6:].reshape(6, 3, 1, 8, 8), ABOUT)
    rows, columns = sheet.images.shape[:2]
    groups = columns // 4
    assert rows * groups >= 6
    flat = sheet.images.reshape(-1, 4, 1, 8, 8)
    assert np.array_equal(flat[:6, 0], IMAGES[:6])
    assert np.array_equal(flat[:6, 1:].reshape(18, 1, 8, 8), IMAGES[6:])
    assert sheet.inks == (BLACK, BLUE, BLUE, BLUE)
    assert sheet.title.startswith("data.npz")


def test_daydreams_are_rows_and_frames_are_columns_of_them() -> None:
    chains = IMAGES.reshape(6, 4, 1, 8, 8)
    sheet = daydreams(chains, ABOUT)
    assert np.array_equal(sheet.images, chains)
    frames = daydream_frames(chains, ABOUT)
    assert len(frames) == 4
    for step, frame in enumerate(frames):
        assert np.array_equal(frame.images.reshape(-1, 1, 8, 8)[:6], chains[:, step])
        assert frame.inks == ((BLUE,) if step else (BLACK,))
    assert "Step 3 of 3" in frames[3].notes[0]


def test_neighbours_of_another_class_stand_out() -> None:
    found = Found(np.array([0, 1]), np.array([[2, 3], [4, 5]]), np.array([[6, 7], [8, 9]]))
    labels = np.array(list("ab" + "aabb" + "abba" + "x" * 14))
    sheet = neighbours(IMAGES, found, labels, ABOUT)
    assert np.array_equal(sheet.images[0], IMAGES[[0, 2, 3, 6, 7]])
    assert sheet.alert is not None
    assert sheet.alert.tolist() == [[False] * 3 + [False, True], [False] * 3 + [False, True]]
    assert "100% by code, 50% by pixels" in sheet.notes[1]
    bare = neighbours(IMAGES, found, None, ABOUT)
    assert bare.alert is None
    assert not any("class" in note for note in bare.notes)


def test_inks_are_not_spoken_of_where_there_are_none() -> None:
    assert any("Ink" in note for note in samples(IMAGES, ABOUT).notes)
    assert not any("Ink" in note for note in samples(IMAGES, Source("m", 256, 7)).notes)
