"""What stands where on the sheets of styles and walks."""

from __future__ import annotations

import numpy as np

from acncodec.figures.galleries import Source, samples
from acncodec.figures.sheet import draw_sheet
from acncodec.figures.style import BLUE, PAPER, to_rgb
from acncodec.figures.walks import styles, walk_frames, walk_rows

ABOUT = Source("tiny", 256, 7, inked=True)
WALKS = np.random.default_rng(1).integers(0, 256, (2, 4, 3, 1, 5, 5)).astype(np.uint8)


def test_styles_are_rows_and_classes_are_columns() -> None:
    sheet = styles(WALKS[:, 0], ABOUT)
    assert np.array_equal(sheet.images, WALKS[:, 0]) and sheet.inked
    assert sheet.starts == {0: "0", 1: "1", 2: "2"}
    assert "2 styles of the model tiny, each in 3 classes" in sheet.title


def test_a_walk_goes_there_and_back_again() -> None:
    frames = walk_frames(WALKS, ABOUT)
    assert len(frames) == 6
    for frame, step in zip(frames, (0, 1, 2, 3, 2, 1), strict=True):
        assert np.array_equal(frame.images, WALKS[:, step])
        assert f"Step {step} of 3" in frame.notes[0]


def test_each_class_of_a_walk_has_a_row() -> None:
    sheet = walk_rows(WALKS, ABOUT)
    assert sheet.images.shape == (6, 4, 1, 5, 5)
    assert np.array_equal(sheet.images[4], WALKS[1, :, 1])


def test_shades_are_between_ink_and_paper() -> None:
    shades = np.array([0, 128, 255], np.uint8).reshape(1, 1, 3)
    inked = to_rgb(shades, 256, BLUE, inked=True)[0]
    assert tuple(inked[0]) == PAPER and tuple(inked[2]) == BLUE
    assert ((inked[2] < inked[1]) & (inked[1] < inked[0])).all()
    assert np.array_equal(to_rgb(shades, 256)[0, :, 0], [0, 128, 255])
    page = draw_sheet(samples(np.full((1, 1, 4, 4), 255, np.uint8), ABOUT))
    assert BLUE in {colour for _, colour in page.getcolors(1 << 20)}
    assert any("shades" in note for note in samples(WALKS[0, 0], ABOUT).notes)
