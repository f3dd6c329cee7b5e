"""Clamping to operands in compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.run.compiled import compiled


@compiled(inline="always")
def operand64(value: Any) -> Any:
    """int64, clamped to +-`OPERAND_MAX`."""
    return max(-OPERAND_MAX, min(OPERAND_MAX, value))


@compiled(inline="always")
def operand32(value: Any) -> Any:
    """int32, clamped to +-`OPERAND_MAX`, in a register of half the width."""
    return max(np.int32(-OPERAND_MAX), min(np.int32(OPERAND_MAX), value))
