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


def as_matrix(kernels: Tensor) -> Tensor:
    """Kernels (after, before, rows, columns) as a matrix (after, what a window sees), which shares
    their memory if channels come last there."""
    return kernels.permute(0, 2, 3, 1).flatten(1)


class KernelMuon(torch.optim.Muon):
    """`torch.optim.Muon`, which takes matrices alone, for kernels as well.

    In the place of kernels it has matrices that share their memory; channels come last in them, or
    `ValueError` is raised.
    """

    def __init__(
        self, matrices: Sequence[Tensor], rate: float, decay: float, base: float
    ) -> None:  # fmt: skip
        moved, self._kernels = [], []
        for value in matrices:
            matrix = value
            if value.ndim != 2:
                matrix = as_matrix(value.detach())
                self._kernels.append((value, matrix))
            if value.data_ptr() != matrix.data_ptr():
                raise ValueError(f"kernels {tuple(value.shape)} whose channels do not come last")
            moved.append(matrix)
        groups: list[dict[str, Any]] = [{"params": moved, "base": base}]
        super().__init__(groups, rate, decay, adjust_lr_fn="match_rms_adamw")

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step by the gradients of what was given."""
        for value, matrix in self._kernels:
            matrix.grad = None if value.grad is None else as_matrix(value.grad)
        found: float | None = super().step(closure)  # type: ignore[no-untyped-call]
        return found

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of what was given."""
        super().zero_grad(set_to_none)
        for value, _ in self._kernels:
            value.grad = None if set_to_none or value.grad is None else value.grad.zero_()


def muon_and_adamw(
    matrices: Sequence[Tensor],
    rest: Sequence[dict[str, Any]],
    matrix_rate: float,
    rate: float,
    decay: float,
) -> dict[str, torch.optim.Optimizer]:
    """AdamW for the groups `rest`, called `optimizer`, and Muon for `matrices` and kernels, where
    there are any."""
    found: dict[str, torch.optim.Optimizer] = {
        "optimizer": torch.optim.AdamW(list(rest), rate, ADAMW_BETAS, weight_decay=decay)
    }
    if matrices:
        found["matrices"] = KernelMuon(matrices, matrix_rate, decay, base=matrix_rate)
    return found
