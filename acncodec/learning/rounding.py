"""Rounding of weights while they are trained: to multiples of a step for each layer.

How coarse a step may be follows from what rounding costs and what it saves. With H the curvature
of the whole set's cost in a weight (here the empirical Fisher information), rounding to a step D
costs about H D^2 / 24 nats of pixels, and each doubling of D saves ln 2 of the coded model: at
D = sqrt(12 / H) a little more of either would cost what it saves (Wallace and Boulton's rule;
MacKay 2003, section 28.3). From then on steps of the optimiser see rounded weights, their
gradients move what was rounded ("straight through", Bengio et al. 2013), and a rate term draws
weights to where they cost fewer bits.

Steps are m 2^e with few binary digits in m, so that frozen integers are multiples of them too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from acncodec.errors import TrainingError
from acncodec.learning.networks import FloatNetworks

MANTISSA = 31
"""The largest m of a step."""
LARGEST_INTEGER = 1 << 11
"""What weights are in units of 2^e, at most, or twice as much after rounding down; half of what 13
bits hold, for they may grow."""
LEAST_STEP, LARGEST_STEP = 2.0**-20, 2.0**2


@dataclass(frozen=True, eq=False)
class Rounding:
    """steps: for each parameter of a network the step of each of its rows, (rows, 1) or (rows,)."""

    steps: Mapping[str, Tensor]

    def round(self, net: nn.Module) -> None:
        """Round the parameters where they are."""
        with torch.no_grad():
            for name, value in net.named_parameters():
                value.copy_(self._rounded(name, value))

    @contextmanager
    def rounded(self, net: nn.Module) -> Iterator[None]:
        """Within, the parameters are rounded; afterwards they are what they were."""
        kept = {name: value.detach().clone() for name, value in net.named_parameters()}
        self.round(net)
        try:
            yield
        finally:
            with torch.no_grad():
                for name, value in net.named_parameters():
                    value.copy_(kept[name])

    def _rounded(self, name: str, value: Tensor) -> Tensor:
        return torch.round(value / self.steps[name]) * self.steps[name]

    def add_rate(self, net: nn.Module, weight: float) -> None:
        """Add to the gradients `weight` times that of the nats that the matrices take in a coded
        model, each tensor's magnitudes being geometric about their mean (`models.coded`)."""
        with torch.no_grad():
            for name, value in net.named_parameters():
                if value.ndim < 2 or value.grad is None:
                    continue
                step = self.steps[name]
                quotients = value / step
                mean = quotients.abs().mean().clamp(min=1e-3)
                slope = torch.asinh(1.0 / mean) * torch.tanh(2.0 * quotients) / step
                value.grad.add_(slope, alpha=weight)

    def tensors(self) -> dict[str, Tensor]:
        """By name, for a checkpoint."""
        return {f"rounding.{name}": value for name, value in self.steps.items()}


def restored(net: nn.Module, tensors: Mapping[str, Tensor]) -> Rounding:
    """Undo `Rounding.tensors`. Raises `TrainingError` unless all steps are there and positive."""
    steps = {}
    for name, value in net.named_parameters():
        step = tensors.get(f"rounding.{name}")
        if step is None or step.shape != _row_shape(value) or not bool((step > 0).all()):
            raise TrainingError(f"the checkpoint has no steps of rounding for {name}")
        steps[name] = step.to(value.device)
    return Rounding(steps)


def choose_steps(
    net: FloatNetworks, curvature: Mapping[str, Tensor], coarseness: float
) -> Rounding:  # fmt: skip
    """Steps for each parameter of `net`, or for each group of its rows that is a tensor of its own.

    curvature: of the whole set's cost, nats, in each weight; coarseness: what the steps by the
    rule above are multiplied by.
    """
    steps = {}
    for name, value in net.named_parameters():
        groups = net.row_groups.get(name, (len(value),))
        parts = zip(
            torch.split(value.detach(), list(groups)),
            torch.split(curvature[name], list(groups)),
            strict=True,
        )
        found = [_step(part, float(bend.mean()), coarseness) for part, bend in parts]
        rows = torch.cat([torch.full((n,), s) for n, s in zip(groups, found, strict=True)])
        steps[name] = rows.reshape(_row_shape(value)).to(value.device)
    return Rounding(steps)


def _row_shape(value: Tensor) -> torch.Size:
    return torch.Size((len(value), *(1 for _ in value.shape[1:])))


def _step(part: Tensor, curvature: float, coarseness: float) -> float:
    """m 2^e: m a power of two for biases, which are frozen at the accumulator's scale."""
    largest = float(part.abs().max()) if part.numel() else 0.0
    wanted = coarseness * math.sqrt(12.0 / max(curvature, 1e-12))
    wanted = min(max(wanted, LEAST_STEP, largest / LARGEST_INTEGER), LARGEST_STEP)
    digits = min(MANTISSA, int(LARGEST_INTEGER * wanted / largest)) if largest else MANTISSA
    digits = 1 if part.ndim == 1 else max(digits, 1)
    unit = 2.0 ** (math.floor(math.log2(wanted)) - digits.bit_length() + 1)
    return max(1, min(round(wanted / unit), digits)) * unit


def squared_gradients(net: nn.Module, sums: dict[str, Tensor], images: int) -> None:
    """Add to `sums` what a batch of `images`, of whose mean cost `net` has the gradient, tells of
    the mean square of one image's gradient."""
    with torch.no_grad():
        for name, value in net.named_parameters():
            if value.grad is not None:
                sums[name] = sums.get(name, 0.0) + images * value.grad.square()
