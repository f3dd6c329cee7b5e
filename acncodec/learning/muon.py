"""Muon for the matrices between hidden features, AdamW for the rest.

Muon (Jordan et al. 2024) makes a matrix's momentum orthogonal before it is added; its rate is
scaled so that a step is as long as one of Adam (Liu et al. 2025). The kernels of a convolution are
a matrix too: a row for each feature that comes out, a column for each that a window sees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

ADAMW_BETAS = (0.9, 0.98)


def as_matrix(value: Tensor) -> Tensor:
    """A matrix as it is, and kernels (after, before, rows, columns) as (after, what a window sees),
    which shares their memory if channels come last there."""
    return value if value.ndim == 2 else value.permute(0, 2, 3, 1).flatten(1)


class KernelMuon(torch.optim.Muon):
    """`torch.optim.Muon`, which takes matrices alone, for kernels as well.

    Its parameters are matrices that share the memory of those that were given; channels come last
    in kernels, or `ValueError` is raised.
    """

    def __init__(
        self, matrices: Sequence[Tensor], rate: float, decay: float, base: float
    ) -> None:  # fmt: skip
        self._given = list(matrices)
        shared = [as_matrix(value.detach()) for value in self._given]
        for value, matrix in zip(self._given, shared, strict=True):
            if value.data_ptr() != matrix.data_ptr():
                raise ValueError(f"kernels {tuple(value.shape)} whose channels do not come last")
        groups: list[dict[str, Any]] = [{"params": shared, "base": base}]
        super().__init__(groups, rate, decay, adjust_lr_fn="match_rms_adamw")
        self._shared = shared

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step by the gradients of what was given."""
        for value, matrix in zip(self._given, self._shared, strict=True):
            matrix.grad = None if value.grad is None else as_matrix(value.grad)
        return super().step(closure)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of what was given."""
        for value in self._given:
            value.grad = None if set_to_none or value.grad is None else value.grad.zero_()


def muon_and_adamw(
    matrices: Sequence[Tensor],
    rest: Sequence[Tensor],
    matrix_rate: float,
    rate: float,
    decay: float,
) -> dict[str, torch.optim.Optimizer]:
    """AdamW for `rest`, called `optimizer`, and Muon for `matrices` and kernels, where there are
    any."""
    groups = [{"params": list(rest), "base": rate}]
    found: dict[str, torch.optim.Optimizer] = {
        "optimizer": torch.optim.AdamW(groups, rate, ADAMW_BETAS, weight_decay=decay)
    }
    if matrices:
        found["matrices"] = KernelMuon(matrices, matrix_rate, decay, base=matrix_rate)
    return found
