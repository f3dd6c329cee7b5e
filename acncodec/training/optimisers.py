"""The optimisers of a run: one for all weights, or one for inner matrices and one for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from acncodec.errors import TrainingError
from acncodec.learning.muon import muon_and_adamw
from acncodec.learning.networks import FloatNetworks
from acncodec.learning.recipe import Recipe
from acncodec.training.checkpoint import (
    optimizer_shapes,
    optimizer_tensors,
    restore_optimizer,
)


class Optimisers:
    """What moves the weights of `net` by a recipe. Raises `TrainingError` for an unknown one."""

    def __init__(self, net: FloatNetworks, recipe: Recipe) -> None:
        self._all = dict(_made(net, recipe))

    def set_rate(self, factor: float) -> None:
        """Let every rate be its base times `factor`."""
        for optimiser in self._all.values():
            for group in optimiser.param_groups:
                group["lr"] = group["base"] * factor

    @property
    def rate(self) -> float:
        """The present rate of the first weights."""
        return float(self._all["optimizer"].param_groups[0]["lr"])

    def zero_grad(self) -> None:
        """Forget gradients."""
        for optimiser in self._all.values():
            optimiser.zero_grad()

    def step(self) -> None:
        """Move all weights."""
        for optimiser in self._all.values():
            optimiser.step()

    def tensors(self) -> dict[str, Tensor]:
        """Their state by name, for a checkpoint."""
        return {
            name: value
            for prefix, optimiser in self._all.items()
            for name, value in optimizer_tensors(optimiser, prefix).items()
        }

    def shapes(self) -> dict[str, torch.Size]:
        """The names of `tensors` once a step was made, and their shapes."""
        return {
            name: shape
            for prefix, optimiser in self._all.items()
            for name, shape in optimizer_shapes(optimiser, prefix).items()
        }

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Undo `tensors`."""
        for prefix, optimiser in self._all.items():
            restore_optimizer(optimiser, tensors, prefix)


def _made(net: FloatNetworks, recipe: Recipe) -> dict[str, torch.optim.Optimizer]:
    rate = recipe.learning_rate
    inner = list(net.inner_matrices()) if recipe.optimizer == "muon" else []
    taken = {id(value) for value in inner}
    slow = [value for value in net.slow_parameters() if id(value) not in taken]
    apart = taken | {id(value) for value in slow}
    fast = [value for value in net.parameters() if id(value) not in apart]
    groups: list[dict[str, Any]] = [{"params": fast, "base": rate}]
    if slow:
        groups.append({"params": slow, "base": rate * recipe.network_rate})
    if recipe.optimizer == "muon":
        return muon_and_adamw(inner, groups, recipe.matrix_rate, rate, recipe.weight_decay)
    if recipe.optimizer == "adam":
        return {"optimizer": torch.optim.Adam(groups, rate, (recipe.momentum, 0.999))}
    if recipe.optimizer == "rmsprop":
        return {"optimizer": torch.optim.RMSprop(groups, rate, momentum=recipe.momentum)}
    raise TrainingError(f"unknown optimizer {recipe.optimizer!r}")
