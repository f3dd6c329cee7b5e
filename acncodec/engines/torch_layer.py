"""An integer layer on any device that torch knows, by float64 products.

Sums are integers below 2^53, which float64 holds whatever the order of summation.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import OPERAND_MAX, Affine
from acncodec.errors import ExactnessError

Ints = NDArray[np.int64]
TEST_ROWS = 37


class DeviceLayer:
    """One affine layer on a device: floor((a W + bias) / 2^shift) of operands a, as int64.

    bias: int64 (out,), instead of the layer's own. Tested with the largest operands when it is
    made: raises `ExactnessError` where the device's product is not exact.
    """

    def __init__(self, affine: Affine, bias: Ints, device: torch.device) -> None:
        self.shift, self.affine = affine.shift, affine
        self._matrix = torch.from_numpy(affine.matrix).to(device)
        self._bias = torch.from_numpy(bias.astype(np.float64)).to(device)
        self._check(device)

    def sums(self, inputs: torch.Tensor) -> torch.Tensor:
        """Operands, float64 (..., in), to sums with the bias, int64 (..., out)."""
        return (inputs @ self._matrix + self._bias).to(torch.int64)

    def __call__(self, inputs: torch.Tensor) -> torch.Tensor:
        """Operands, float64 (..., in), to results, not clamped, int64 (..., out)."""
        return self.sums(inputs) >> self.shift

    def _check(self, device: torch.device) -> None:
        weights = self.affine.matrix.astype(np.int64)
        rng = np.random.default_rng(0)
        inputs = OPERAND_MAX * rng.choice([-1, 1], (TEST_ROWS, len(weights)))
        inputs[0] = np.where(weights[:, 0] < 0, -OPERAND_MAX, OPERAND_MAX)
        wanted = inputs @ weights + self._bias.cpu().numpy().astype(np.int64)
        got = self.sums(torch.from_numpy(inputs.astype(np.float64)).to(device)).cpu().numpy()
        if not np.array_equal(got, wanted):
            raise ExactnessError(
                f"the float64 product of {device} is not exact; nothing is coded with it"
            )
