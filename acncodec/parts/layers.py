"""Float layers to exact ones: what the parts have in common when they are frozen.

Every layer becomes an `Affine`, whose constructor refuses weights that do not fit an
operand or an accumulator that could leave the exact range (docs/METHOD.md, section 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import nn

from acncodec.arithmetic.fixed import OPERAND_BITS, Floats, ScaleGroup, quantise, scale_for
from acncodec.engines.conv import ExactConv, conv_weight_rows
from acncodec.parts.outputs import OutputGroup

OUTPUT_LIMIT = 1 << 29
"""What a group's sums may reach before they are lifted, so that every engine can hold them."""
WEIGHT_BITS = 13
"""A bit less than an operand has: sums of 32 bits then hold twice as many products before they are
divided, and the cost in bits is below what rounding changes by chance."""


def weights_of(layer: nn.Module) -> tuple[Floats, Floats | None]:
    """Weight and bias of a layer, in double precision."""
    weight = layer.get_parameter("weight").detach().double().cpu().numpy()
    bias = getattr(layer, "bias", None)
    return weight, None if bias is None else bias.detach().double().cpu().numpy()


def freeze_conv(
    layer: nn.Conv2d, scale: int, out_scale: int, weight_bits: int = OPERAND_BITS
) -> ExactConv:
    """The exact copy of a convolution from activations at 2^scale to such at 2^out_scale."""
    weight, bias = weights_of(layer)
    rows = conv_weight_rows(weight)
    affine = quantise(rows, bias, [ScaleGroup(rows.shape[1], scale)], out_scale, weight_bits)
    return ExactConv(affine, layer.kernel_size[0], layer.stride[0])


def freeze_outputs(
    layer: nn.Module, scale: int, outputs: Sequence[tuple[int, int]]
) -> tuple[OutputGroup, ...]:
    """The exact copy of a decoder's last layer, 1x1, from activations at 2^scale.

    outputs: (size, scale) of the head's groups of outputs, in their order. One of no outputs is
    left out.
    """
    weight, bias = weights_of(layer)
    weight = weight.reshape(len(weight), -1)
    ends = np.cumsum([size for size, _ in outputs])
    parts = zip(
        np.split(weight, ends[:-1]),
        np.split(np.zeros(len(weight)) if bias is None else bias, ends[:-1]),
        outputs,
        strict=True,
    )
    return tuple(
        _group(part, offset, scale, out_scale)
        for part, offset, (_, out_scale) in parts
        if len(part)
    )


def _group(weight: Floats, bias: Floats, scale: int, out_scale: int) -> OutputGroup:
    """Outputs at 2^out_scale, as fine as the sums are and as wide as `OUTPUT_LIMIT` allows."""
    largest = float(np.abs(weight).max(initial=0.0))
    up = max(0, out_scale - scale - scale_for(largest, margin=1.0, most=24))
    while True:
        affine = quantise(weight, bias, [ScaleGroup(weight.shape[1], scale)], out_scale - up)
        if affine.accumulator_bound >> affine.shift < OUTPUT_LIMIT:
            return OutputGroup(affine, up)
        up += 1
