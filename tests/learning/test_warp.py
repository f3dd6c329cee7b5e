"""Images that are bent while they are trained on."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from level_sets import level_set
from tiny import blobs

from acncodec.errors import TrainingError
from acncodec.families.registry import find_preset
from acncodec.learning.source import ImageSource, LevelSource, step_generator
from acncodec.learning.warp import WarpedSource, warped
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget

BINARY = ImageSource(blobs(64, 1)[:, 0])
ROWS = torch.arange(64)


def test_nothing_moves_where_nothing_bends() -> None:
    x = BINARY.draw(ROWS, step_generator(0, 0))
    assert torch.allclose(warped(x, 0.0, 0.0, step_generator(0, 1)), x, atol=1e-5)


def test_a_shift_comes_from_the_map_and_leaves_nothing_behind() -> None:
    """The mean of many small maps stays at the centre, and the mass that stays inside is kept."""
    x = torch.zeros(400, 1, 28, 28)
    x[:, :, 12:16, 12:16] = 1.0
    bent = warped(x, 0.1, 0.5, step_generator(0, 0))
    assert bent.min() >= 0 and bent.max() <= 1
    centres = (bent * torch.arange(28.0)[:, None]).sum((1, 2, 3)) / bent.sum((1, 2, 3))
    assert abs(float(centres.mean()) - 13.5) < 0.3
    assert 0.5 < float(centres.std()) < 3.0
    assert abs(float(bent.sum() / x.sum()) - 1) < 0.1


def test_draws_are_binary_differ_and_depend_on_the_generator_alone() -> None:
    source = WarpedSource(BINARY, 0.05, 0.5)
    one, same, other = (source.draw(ROWS, step_generator(0, step)) for step in (1, 1, 2))
    assert set(one.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(one, same) and not torch.equal(one, other)
    assert not source.is_binary
    assert (source.digest, source.shape, source.levels, source.draws, len(source)) == (
        BINARY.digest, BINARY.shape, BINARY.levels, BINARY.draws, len(BINARY),
    )  # fmt: skip


def test_images_of_many_levels_are_not_bent() -> None:
    images = LevelSource(level_set("rgb", 8, 1).pixels, 256)
    with pytest.raises(TrainingError, match=r"train\.affine, train\.elastic: images of two levels"):
        WarpedSource(images, 0.1, 0.0)


def test_a_run_bends_images_until_its_rate_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    family, preset = find_preset("tiny-pixelcnn")
    recipe = replace(
        preset.recipe, batch=8, warmup_steps=1, decay_from=0.5, affine=0.05, elastic=0.5
    )
    run = Trainer(family, preset.config.sized(8, 8), recipe, BINARY, BINARY, 1)
    bent_at = []
    draw = WarpedSource.draw

    def seen(self: WarpedSource, index: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        bent_at.append(run.step)
        return draw(self, index, generator)

    monkeypatch.setattr(WarpedSource, "draw", seen)
    run.run(Budget(8), None, lambda _report: None)
    assert bent_at == [0, 1, 2, 3, 4] and run.step == 8
