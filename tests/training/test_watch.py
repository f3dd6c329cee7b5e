"""A training that is watched: the same images after each epoch, and the run is left as it was."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from tiny import blobs

from acncodec.errors import TrainingError
from acncodec.families.registry import find_preset
from acncodec.learning.source import ImageSource
from acncodec.training.loop import Trainer
from acncodec.training.progress import Budget, Report
from acncodec.training.watch import Watch


def trainer() -> Trainer:
    family, preset = find_preset("tiny-vqvae")
    images = blobs(120, 1)[:, 0]
    train, valid = ImageSource(images[:80]), ImageSource(images[80:])
    return Trainer(family, preset.config.for_images(train.shape), preset.recipe, train, valid, 3)


def run(watching: Callable[[Trainer], Callable[[Report], None]]) -> Trainer:
    made = trainer()
    made.run(Budget(12), None, watching(made), report_steps=2)
    return made


def names(watch: Watch) -> list[str]:
    return [name for name, _ in watch.frames]


def test_there_is_a_frame_an_epoch_and_the_run_stays_the_same() -> None:
    seen: list[Watch] = []

    def watching(made: Trainer) -> Watch:
        seen.append(Watch(made))
        return seen[0]

    watched, alone = run(watching), run(lambda _: lambda _: None)
    (watch,) = seen
    epochs = ["Epochs: 1; steps: 6.", "Epochs: 2; steps: 10."]
    assert names(watch) == epochs
    for _ in range(2):  # how it ended, once
        watch.look_last()
        assert names(watch) == [*epochs, "Epochs: 2; steps: 12."]
    assert watch.originals.shape == (40, 1, 8, 8) and watch.levels == 2
    assert all(drawn.shape == (40, 1, 8, 8) for _, drawn in watch.frames)
    assert not np.array_equal(watch.frames[0][1], watch.frames[1][1])
    for one, other in zip(watched.net.parameters(), alone.net.parameters(), strict=True):
        assert torch.equal(one, other)
    assert torch.equal(watched.net.encoder.codebook, alone.net.encoder.codebook)


def test_what_has_no_codes_is_not_watched() -> None:
    family, preset = find_preset("tiny-pixelcnn")
    images = ImageSource(blobs(40, 1)[:, 0])
    config = preset.config.for_images(images.shape)
    with pytest.raises(TrainingError, match="the family pixelcnn has no codes"):
        Watch(Trainer(family, config, preset.recipe, images, None, 1))


def test_a_decoder_that_is_told_the_class_is_watched_with_it() -> None:
    family, preset = find_preset("tiny-style")
    images = ImageSource(blobs(40, 1)[:, 0], labels=np.arange(40) % 3)
    config = preset.config.for_images(images.shape)
    watch = Watch(Trainer(family, config, preset.recipe, images, None, 1))
    watch.look_last()
    ((_, drawn),) = watch.frames
    assert drawn.shape == watch.originals.shape
    assert (watch.levels, watch.drawn_levels) == (2, 256)
