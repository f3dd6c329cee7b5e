"""What a fit makes of the images that no network is worth: it goes on with the others alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch

from acncodec.errors import TrainingError
from acncodec.learning.source import Source
from acncodec.training.choice import cost_of, weights_here
from acncodec.training.chosen import weights_of
from acncodec.training.fit_images import FitImages
from acncodec.training.loop import Trainer
from acncodec.training.worth import worth_a_network

LOOKED: Final = 0.15
"""Share of a fit after which its images are looked at."""


@dataclass(frozen=True, eq=False)
class Sieve:
    """The images of a fit, of which those are learned that a network is worth; pace: as a fit has
    it; tell: what is told where some are left out."""

    images: FitImages
    pace: str
    tell: Callable[[str], None] = lambda _text: None

    def source(self, state: Path, chosen: torch.Tensor | None) -> Source:
        """What is drawn of all images, or of those that a state has chosen, (N,). Raises
        `TrainingError` where it chose among others."""
        if chosen is None:
            return self.images.source()
        if chosen.shape != (len(self.images.images),) or not chosen.any():
            raise TrainingError(f"{state}: the state of a fit to other images")
        return self.images.only(chosen.numpy() > 0).source()

    def sieved(self, run: Trainer, minutes: float) -> Trainer:
        """The run that goes on, with all images or those that are worth it; by the same network,
        or a new one where one of another size suits these better, and has more minutes left than
        this one had."""
        kept = worth_a_network(run, self.images.images)
        run.chosen = torch.from_numpy(kept.astype("float32"))
        if kept.all():
            return run
        images, left = self.images.only(kept), minutes - run.seconds / 60.0
        weights, left = weights_of(run.family, run.config), max(left, 0.0)
        here, source = None, images.source()
        if run.step and run.seconds:
            passes = run.step * run.recipe.batch / len(source)
            here = weights_here(weights, passes, run.seconds, left)
        choice = images.choose(left, self.pace, here)
        fits = (choice.family, choice.config) == (run.family, run.config)
        if fits or run.started is not None or left <= run.seconds / 60.0:
            run.narrow(source)
            later = run
        else:
            weights = weights_of(choice.family, choice.config)
            later = Trainer(choice.family, choice.config, choice.recipe, source, None, run.seed)
            later.chosen, later.spent = run.chosen, run.seconds
        self.tell(
            f"{int(kept.sum()):,} of {len(kept):,} images seem to be worth a network, and the fit"
            f" goes on with these: {cost_of(later.family, weights, weights)}"
        )
        return later
