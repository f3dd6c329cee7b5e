"""What a model draws in the course of its training: the same images again after each epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.contracts.image_kind import ImageKind
from acncodec.errors import TrainingError
from acncodec.families.family import CLASSES, CODES
from acncodec.learning.source import step_generator
from acncodec.run.workers import Workers
from acncodec.sampling import levels_drawn, reconstruct
from acncodec.training.finish import freeze_now
from acncodec.training.loop import Trainer
from acncodec.training.progress import Report

Pixels = NDArray[Any]

IMAGES = 40
PURPOSE = 7
"""Of the generator that draws the images."""


class Watch:
    """Reports to it (`__call__`) are when it looks: at the first one after each epoch it freezes
    the averaged weights and reconstructs some images that were held back, the same each time. When
    the run is over, `look_last` adds how it ended.

    originals: level indexes (n, C, H, W) below `levels`; frames: for each time its name, and what
    was drawn, (n, C, H, W), level indexes below `drawn_levels`. Raises `TrainingError` for a family
    without codes, of which nothing is reconstructed.
    """

    def __init__(self, trainer: Trainer) -> None:
        if not trainer.family.can(CODES):
            raise TrainingError(
                f"the family {trainer.family.name} has no codes from which an image could be "
                "reconstructed: it cannot be watched"
            )
        held = trainer.train if trainer.valid is None else trainer.valid
        rows = torch.arange(min(IMAGES, len(held)))
        drawn = held.draw(rows, step_generator(trainer.seed, 0, PURPOSE))
        self.originals: Pixels = drawn.numpy().astype(_dtype(held.levels))
        self.levels = self.drawn_levels = held.levels
        told = held.labels if trainer.family.can(CLASSES) else None
        self._labels = None if told is None else told[rows].numpy()
        self.frames: list[tuple[str, Pixels]] = []
        self._trainer = trainer
        self._seen = 0
        self._epoch = self._epochs(trainer.step)

    def _epochs(self, step: int) -> int:
        return step * self._trainer.recipe.batch // max(1, len(self._trainer.train))

    def __call__(self, report: Report) -> None:
        """Look, where another epoch is over."""
        epoch = self._epochs(report.step)
        if epoch > self._epoch:
            self._epoch = epoch
            self._look()

    def look_last(self) -> None:
        """Look, if the weights have moved since it did."""
        if not self.frames or self._seen < self._trainer.step:
            self._look()

    def _look(self) -> None:
        self._seen = step = self._trainer.step
        model = freeze_now(self._trainer, "watched")
        with Workers(1, 256) as workers:
            drawn = reconstruct(
                model, self.originals, 1, 0, workers, levels=self.levels, labels=self._labels
            )
        shape = self.originals.shape[1], self.originals.shape[2], self.originals.shape[3]
        self.drawn_levels = levels_drawn(model, ImageKind.of(shape, self.levels))
        self.frames.append((f"Epochs: {self._epochs(step)}; steps: {step:,}.", drawn[:, 0]))


def _dtype(levels: int) -> type[np.unsignedinteger[Any]]:
    return np.uint8 if levels <= 256 else np.uint16
