"""Float layers to exact ones: what the parts have in common when they are frozen.

Every layer becomes an `Affine`, whose constructor refuses weights that do not fit an
operand or an accumulator that could leave the exact range (docs/METHOD.md, section 3).
"""

from __future__ import annotations

from torch import nn

from acncodec.arithmetic.fixed import Floats, ScaleGroup, quantise
from acncodec.engines.conv import ExactConv, conv_weight_rows


def weights_of(layer: nn.Module) -> tuple[Floats, Floats | None]:
    """Weight and bias of a layer, in double precision."""
    weight = layer.get_parameter("weight").detach().double().cpu().numpy()
    bias = getattr(layer, "bias", None)
    return weight, None if bias is None else bias.detach().double().cpu().numpy()


def freeze_conv(layer: nn.Conv2d, scale: int, out_scale: int) -> ExactConv:
    """The exact copy of a convolution from activations at 2^scale to such at 2^out_scale."""
    weight, bias = weights_of(layer)
    rows = conv_weight_rows(weight)
    affine = quantise(rows, bias, [ScaleGroup(rows.shape[1], scale)], out_scale)
    return ExactConv(affine, layer.kernel_size[0], layer.stride[0])
