"""Freezing the gated PixelCNN, with or without a conditioner, for binary images or any others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from torch import nn

from acncodec.arithmetic.fixed import OPERAND_BITS, Affine, ScaleGroup, quantise, scale_for
from acncodec.arithmetic.tables import LOGIT_BITS, TANH_INDEX_BITS, VALUE_BITS
from acncodec.engines.conv import conv_weight_rows
from acncodec.errors import FreezeError
from acncodec.parts.conditioner.freeze import freeze_conditioner
from acncodec.parts.conditioner.net import Conditioner
from acncodec.parts.gated_pixelcnn.exact import ExactBlock, ExactDecoder
from acncodec.parts.gated_pixelcnn.layers import BINARY_PLANES, FeatureMaps
from acncodec.parts.gated_pixelcnn.net import GatedBlock, GatedPixelCNN
from acncodec.parts.layers import WEIGHT_BITS, freeze_conv, freeze_outputs, weights_of
from acncodec.parts.outputs import OutputGroup
from acncodec.parts.planes import PLANE_BITS


def _block(
    block: GatedBlock, v: tuple[int, int], h: tuple[int, int], condition: int, weight_bits: int
) -> ExactBlock:
    """v, h: the scales of both stacks before and after the block."""
    (v_in, v_out), (h_in, h_out) = v, h
    vertical, vertical_bias = weights_of(block.vertical.conv)
    taps = joined = vertical.transpose(0, 3, 2, 1).reshape(len(vertical), -1)
    groups, from_condition = [ScaleGroup(taps.shape[1], v_in)], []
    if block.vertical_condition is not None:
        weight = weights_of(block.vertical_condition)[0][:, :, 0, 0]
        joined = np.concatenate([taps, weight], 1)
        from_condition = [ScaleGroup(weight.shape[1], condition)]
        groups += from_condition
    exact_vertical = quantise(joined, vertical_bias, groups, TANH_INDEX_BITS, weight_bits)

    horizontal, horizontal_bias = weights_of(block.horizontal.conv)
    context = weights_of(block.horizontal_condition)[0][:, :, 0, 0]
    taps = horizontal[:, :, 0].transpose(0, 2, 1).reshape(len(horizontal), -1)
    joined = np.concatenate([taps, context], 1)
    lead = sum(group.size for group in from_condition)
    above = ScaleGroup(context.shape[1] - lead, v_out)
    groups = [ScaleGroup(taps.shape[1], h_in), *from_condition, above]
    exact_horizontal = quantise(joined, horizontal_bias, groups, TANH_INDEX_BITS, weight_bits)
    residual, residual_bias = weights_of(block.residual)
    groups = [ScaleGroup(residual.shape[1], VALUE_BITS)]
    exact_residual = quantise(residual[:, :, 0, 0], residual_bias, groups, h_out, weight_bits)
    # h joins the residual product at its accumulator's scale, which must not be coarser.
    if exact_residual.shift + h_out < h_in:
        raise FreezeError("the residual accumulator is coarser than its input")
    return ExactBlock(exact_vertical, exact_horizontal, exact_residual)


def freeze_pixelcnn(
    net: GatedPixelCNN, reach: Mapping[str, float], latent_reach: int = 0,
    outputs: Sequence[tuple[int, int]] = (), given: tuple[FeatureMaps, int] | None = None,
) -> ExactDecoder:  # fmt: skip
    """The exact copy of a PixelCNN, for latents within +-`latent_reach` grid steps if it has any.

    reach: the largest magnitude of each module's output (`learning.calibrate`); outputs: (size,
    scale) of the head's groups of outputs, in their order; none for binary images, whose logit
    stands at 2^10; given: a conditioner that is exact already, and the scale of its feature map,
    where it is of another kind than `parts.conditioner`. Raises `FreezeError` when the groups are
    not the network's outputs, or a layer does not fit.
    """
    config, binary = net.config, not outputs
    planes, bits = net.vertical_in.conv.in_channels, OPERAND_BITS if binary else WEIGHT_BITS
    if binary != (planes == BINARY_PLANES):
        raise FreezeError("one plane is seen of binary images, more of others")
    if net.logit.out_channels != (1 if binary else sum(size for size, _ in outputs)):
        raise FreezeError("the groups of outputs do not add up to the network's")
    conditioner: FeatureMaps | None = None
    condition = 0
    if given is not None:
        conditioner, condition = given
    elif isinstance(net.conditioner, Conditioner):
        conditioner, condition = freeze_conditioner(net.conditioner, reach, latent_reach)
    v = [scale_for(reach["decoder.vertical_in"])]
    h = [scale_for(reach["decoder.horizontal_in"])]
    for index in range(config.decoder_blocks):
        v.append(scale_for(reach[f"decoder.blocks.{index}.v"]))
        h.append(scale_for(reach[f"decoder.blocks.{index}.h"]))
    blocks = tuple(
        _block(block, (v[i], v[i + 1]), (h[i], h[i + 1]), condition, bits)
        for i, block in enumerate(net.blocks)
        if isinstance(block, GatedBlock)
    )
    head_scale = scale_for(reach["decoder.head"])
    seen = 0 if binary else PLANE_BITS  # binary pixels are 0 or 1
    return ExactDecoder(
        conditioner,
        _input_layer(net.vertical_in.conv, seen, v[0], bits),
        _input_layer(net.horizontal_in.conv, seen, h[0], bits),
        blocks,
        tuple(v),
        tuple(h),
        freeze_conv(net.head, h[-1], head_scale, bits).affine,
        _outputs(net.logit, head_scale, outputs),
        planes,
        *config.image_shape[1:],
        config.vertical_kernel,
        config.horizontal_kernel,
        config.input_vertical_kernel,
        config.input_horizontal_kernel,
    )


def _outputs(
    layer: nn.Conv2d, scale: int, outputs: Sequence[tuple[int, int]]
) -> tuple[OutputGroup, ...]:  # fmt: skip
    """The groups of outputs, or the logit, of features at 2^scale."""
    if outputs:
        return freeze_outputs(layer, scale, outputs)
    return (OutputGroup(freeze_conv(layer, scale, LOGIT_BITS).affine, 0),)


def _input_layer(layer: nn.Conv2d, scale: int, out_scale: int, weight_bits: int) -> Affine:
    """The first layer of a stack; its inputs, planes at 2^scale, are ordered (row, column,
    plane)."""
    weight, bias = weights_of(layer)
    rows = conv_weight_rows(weight)
    return quantise(rows, bias, [ScaleGroup(rows.shape[1], scale)], out_scale, weight_bits)
