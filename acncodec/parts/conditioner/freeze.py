"""Freezing the conditioner: its layers to integers, with a scale for each activation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX, ScaleGroup, quantise, scale_for
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.parts.conditioner.exact import ExactConditioner
from acncodec.parts.conditioner.net import Conditioner
from acncodec.parts.layers import freeze_conv, weights_of


def freeze_conditioner(
    net: Conditioner, reach: Mapping[str, float], latent_reach: int
) -> tuple[ExactConditioner, int]:
    """The exact copy for latents within +-`latent_reach` steps, and its feature map's scale."""
    lift = int(np.floor(np.log2(OPERAND_MAX / latent_reach)))
    hidden, middle, out = (
        scale_for(reach[f"decoder.conditioner.{name}"]) for name in ("linear", "middle", "out")
    )
    weight, bias = weights_of(net.linear)
    exact = ExactConditioner(
        quantise(weight, bias, [ScaleGroup(weight.shape[1], GRID_BITS + lift)], hidden),
        freeze_conv(net.middle, hidden, middle),
        freeze_conv(net.out, middle, out),
        tuple(net.sizes),
        lift,
    )
    return exact, out
