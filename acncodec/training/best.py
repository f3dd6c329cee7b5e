"""The weights by which a run's images held back were cheapest, in its checkpoint too."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from acncodec.errors import TrainingError

PREFIX: Final = "best."


@dataclass(frozen=True, eq=False)
class Best:
    """cost: of validation images, nats an image; weights: the averaged ones, by name."""

    cost: float
    weights: Mapping[str, Tensor]

    def tensors(self) -> dict[str, Tensor]:
        """The weights, as a checkpoint has them."""
        return {PREFIX + name: value for name, value in self.weights.items()}


def best_shapes(meta: Mapping[str, Any], weights: Mapping[str, Tensor]) -> dict[str, torch.Size]:
    """The tensors of a checkpoint that are of the best weights, if it has any."""
    return {PREFIX + name: it.shape for name, it in weights.items()} if "best" in meta else {}


def best_of(path: Path, meta: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Best | None:
    """The best weights of a checkpoint; None where it has none. Raises `TrainingError` where their
    cost is no number."""
    cost = meta.get("best")
    if cost is None:
        return None
    if type(cost) is not float or not math.isfinite(cost):
        raise TrainingError(f"{path}: the checkpoint's best cost is no number")
    found = {name: value for name, value in tensors.items() if name.startswith(PREFIX)}
    return Best(cost, {name.removeprefix(PREFIX): value for name, value in found.items()})
