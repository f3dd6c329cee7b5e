"""Images are seen mirrored where nothing tells them from their mirror images, and only there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.learning.source import LevelSource
from acncodec.learning.views import WindowSource
from acncodec.training.augmentation import LEAST, looks_alike_mirrored
from acncodec.training.plan import MIRRORED, Plan, Wish, make_plan

Images = NDArray[np.uint8]


def spots(count: int, *, left: bool) -> Images:
    """A bright spot on dark noise, anywhere or in the left half alone, (N, 1, 12, 12)."""
    rng = np.random.default_rng(1)
    images = rng.integers(0, 40, (count, 1, 12, 12), np.uint8)
    columns = rng.integers(0, 5 if left else 11, count)
    for image, row, column in zip(images, rng.integers(0, 11, count), columns, strict=True):
        image[0, row : row + 2, column : column + 2] = 255
    return images


@pytest.mark.parametrize("wide", [False, True])
def test_images_that_know_no_side_look_alike_mirrored(wide: bool) -> None:
    for left in (False, True):
        source = LevelSource(spots(2400, left=left), 256)
        seen = WindowSource(source, 12, 11) if wide else source
        assert looks_alike_mirrored(seen) is not left


def test_of_few_images_it_is_not_known() -> None:
    images = spots(LEAST, left=False)
    assert looks_alike_mirrored(LevelSource(images, 256))
    assert not looks_alike_mirrored(LevelSource(images[:-1], 256))


def test_images_of_one_row_or_column_are_tried_too() -> None:
    images = np.random.default_rng(2).integers(0, 256, (1200, 3, 1, 40), np.uint8)
    assert looks_alike_mirrored(LevelSource(images, 256))
    images[..., :20] //= 2
    assert not looks_alike_mirrored(LevelSource(images, 256))
    assert looks_alike_mirrored(LevelSource(images.swapaxes(2, 3), 256))


def plan(tmp_path: Path, left: bool, **said: object) -> Plan:
    np.save(tmp_path / "x.npy", spots(2400, left=left)[:, 0])
    return make_plan(tmp_path / "x.npy", None, Wish(**said), lambda _text: None)


def test_a_run_that_nobody_chose_sees_mirrored_images_where_that_is_safe(tmp_path: Path) -> None:
    for left in (False, True):
        found = plan(tmp_path, left).choice
        assert found.recipe.mirror is not left and (MIRRORED in found.why) is not left


def test_what_was_said_of_mirroring_holds(tmp_path: Path) -> None:
    off = plan(tmp_path, False, settings=("train.mirror=false",)).choice
    assert not off.recipe.mirror and MIRRORED not in off.why
    on = plan(tmp_path, True, settings=("train.mirror=true",)).choice
    assert on.recipe.mirror and MIRRORED in on.why
    sized = plan(tmp_path, False, settings=("decoder.width=8",)).choice
    assert sized.recipe.mirror and MIRRORED in sized.why
    assert not plan(tmp_path, False, preset="tiny-resnet").choice.recipe.mirror
