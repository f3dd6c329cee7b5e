"""Images with left and right exchanged, and windows of large ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from level_sets import level_set

from acncodec.learning.source import ImageSource, LevelSource, step_generator
from acncodec.learning.views import MirroredSource, WindowSource

IMAGES = LevelSource(level_set("rgb", 64, 1).pixels[:64], 256)


def test_about_half_of_the_images_are_turned_and_no_other_thing_changes() -> None:
    source, rows = MirroredSource(IMAGES), torch.arange(64)
    plain = IMAGES.draw(rows, step_generator(0, 0))
    drawn = source.draw(rows, step_generator(0, 1))
    turned = [not torch.equal(a, b) for a, b in zip(plain, drawn, strict=True)]
    assert 16 < sum(turned) < 48
    for image, original, is_turned in zip(drawn, plain, turned, strict=True):
        assert torch.equal(image, original.flip(2) if is_turned else original)


def test_a_draw_depends_on_the_generator_alone() -> None:
    source, rows = MirroredSource(IMAGES), torch.arange(64)
    one, same, other = (source.draw(rows, step_generator(0, step)) for step in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
    assert not source.is_binary
    assert (source.digest, source.shape, source.levels, source.draws, len(source)) == (
        IMAGES.digest, IMAGES.shape, IMAGES.levels, IMAGES.draws, len(IMAGES),
    )  # fmt: skip


def test_a_window_is_cut_out_and_the_rest_of_the_image_is_never_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (5, 3, 30, 9)).astype(np.uint8)
    source = LevelSource(pixels, 256)

    def draw(*_given: object) -> None:
        raise AssertionError("whole images were drawn")

    monkeypatch.setattr(source, "draw", draw)
    windows = WindowSource(source, 8, 64)
    drawn = windows.draw(torch.tensor([4, 1, 4]), step_generator(0, 0)).numpy()
    assert drawn.shape == (3, 3, 8, 9) and drawn.dtype == np.float32
    for window, image in zip(drawn, pixels[[4, 1, 4]], strict=True):
        assert any((window == image[:, top : top + 8]).all() for top in range(23))


def test_windows_of_what_is_drawn_in_another_way_are_windows_of_a_draw() -> None:
    grey = np.random.default_rng(3).integers(0, 256, (4, 12, 11)).astype(np.uint8)
    grey[0, 0, 0] = 255
    binary = ImageSource(grey)
    drawn = WindowSource(binary, 5, 5).draw(torch.arange(4), step_generator(0, 0))
    assert drawn.shape == (4, 1, 5, 5) and set(drawn.unique().tolist()) == {0.0, 1.0}
    places = [(slice(0, 6), slice(1, 4))] * 3
    turned = MirroredSource(IMAGES)
    cut = turned.cut(torch.arange(3), places, step_generator(0, 1))
    assert torch.equal(cut, turned.draw(torch.arange(3), step_generator(0, 1))[:, :, :6, 1:4])
