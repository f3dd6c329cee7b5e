"""When a run ends because held-back images no longer become cheaper, and with which weights."""

from __future__ import annotations

from acncodec.learning.objectives import RECONSTRUCTION
from acncodec.training.best import Best
from acncodec.training.loop import Trainer
from acncodec.training.progress import Report

PATIENCE = 10
"""Validations after which such a run ends, when none of them was the best so far."""


class Patience:
    """Whether validation has not become cheaper for `PATIENCE` reports of this session: then a run
    may end; and the averaged weights by which it was cheapest, of all sessions."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer, self._since = trainer, 0

    def __call__(self, entry: Report) -> None:
        """Take one report."""
        if entry.valid_reconstruction_nats is None or entry.valid_kl_nats is None:
            return
        self._take(entry.valid_kl_nats, entry.valid_reconstruction_nats)

    def _take(self, kl: float, cost: float) -> None:
        trainer = self._trainer
        if trainer.objective.cost_name == RECONSTRUCTION:
            cost += kl  # what an adversary makes of codes is no cost of images
        self._since += 1
        if trainer.best is None or cost < trainer.best.cost:
            weights = trainer.average.state_dict()
            trainer.best = Best(cost, {name: value.clone() for name, value in weights.items()})
            self._since = 0

    def settle(self) -> None:
        """Let the run have the best of its averaged weights; those that it ended with are tried
        too."""
        costs = self._trainer.validate()
        if costs is not None:
            self._take(costs.kl, costs.cost)
        if self._trainer.best is not None:
            self._trainer.average.load_state_dict(self._trainer.best.weights)

    @property
    def is_over(self) -> bool:
        """Whether nothing has improved for so long."""
        return self._since >= PATIENCE
