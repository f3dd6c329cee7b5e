"""Images with left and right exchanged."""

from __future__ import annotations

import torch
from level_sets import level_set

from acncodec.learning.source import LevelSource, MirroredSource, step_generator

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
