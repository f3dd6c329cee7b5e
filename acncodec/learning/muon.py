"""Muon for the matrices between hidden features, AdamW for the rest.

Muon (Jordan et al. 2024) makes a matrix's momentum orthogonal before it is added; its rate is
scaled so that a step is as long as one of Adam (Liu et al. 2025).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

ADAMW_BETAS = (0.9, 0.98)


def muon_and_adamw(
    matrices: Sequence[Tensor],
    rest: Sequence[Tensor],
    matrix_rate: float,
    rate: float,
    decay: float,
) -> dict[str, torch.optim.Optimizer]:
    """AdamW for `rest`, called `optimizer`, and Muon for `matrices`, where there are any."""
    groups = [{"params": list(rest), "base": rate}]
    found: dict[str, torch.optim.Optimizer] = {
        "optimizer": torch.optim.AdamW(groups, rate, ADAMW_BETAS, weight_decay=decay)
    }
    if matrices:
        groups = [{"params": list(matrices), "base": matrix_rate}]
        found["matrices"] = torch.optim.Muon(
            groups, matrix_rate, decay, adjust_lr_fn="match_rms_adamw"
        )
    return found
