"""Calibration: how far each activation of the float networks reaches on real images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from acncodec.learning.networks import FloatNetworks

BATCH = 100
Complete = Callable[[Tensor, torch.Generator], Tensor]


@contextmanager
def recording(net: nn.Module) -> Iterator[dict[str, float]]:
    """The largest magnitude of each module's output, of all that is computed within.

    Keys are module names of the network; blocks give `NAME.v` and `NAME.h`.
    """
    reach: dict[str, float] = {}

    def note(name: str, value: Tensor) -> None:
        reach[name] = max(reach.get(name, 0.0), float(value.abs().max()))

    def hook(name: str) -> Callable[[nn.Module, Any, Any], None]:
        def record(_module: nn.Module, _inputs: Any, output: Any) -> None:
            if isinstance(output, Tensor):
                note(name, output)
            else:
                note(f"{name}.v", output[0])
                note(f"{name}.h", output[1])

        return record

    handles = [
        module.register_forward_hook(hook(name))
        for name, module in net.named_modules()
        if name.startswith(("encoder", "decoder", "prior.network"))
    ]
    try:
        yield reach
    finally:
        for handle in handles:
            handle.remove()


def _themselves(z: Tensor, _generator: torch.Generator) -> Tensor:
    return z


def activation_reach(
    net: FloatNetworks, x: Tensor, complete: Complete = _themselves
) -> dict[str, float]:
    """Largest magnitude of each module's output over images x, float32 (N, P, H, W), as the decoder
    takes them. complete: latents (n, D) to what the decoder takes, if that is more. Keys are those
    of `recording`."""
    generator = torch.Generator().manual_seed(0)
    with recording(net) as reach, torch.no_grad():
        for batch in torch.split(x, BATCH):
            code = net.encode(batch, 2)
            z = code + torch.randn(code.shape, generator=generator)
            net.decoder(batch, complete(z, generator))
    return reach
