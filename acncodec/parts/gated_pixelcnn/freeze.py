"""Freezing the gated PixelCNN, with or without a conditioner."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import nn

from acncodec.arithmetic.fixed import Affine, ScaleGroup, quantise, scale_for
from acncodec.arithmetic.tables import LOGIT_BITS, TANH_INDEX_BITS, VALUE_BITS
from acncodec.engines.conv import conv_weight_rows
from acncodec.errors import FreezeError
from acncodec.parts.conditioner.freeze import freeze_conditioner
from acncodec.parts.gated_pixelcnn.exact import ExactBlock, ExactDecoder
from acncodec.parts.gated_pixelcnn.net import GatedBlock, GatedPixelCNN
from acncodec.parts.layers import freeze_conv, weights_of


def _block(
    block: GatedBlock, v_in: int, v_out: int, h_in: int, h_out: int, condition: int
) -> ExactBlock:
    vertical, vertical_bias = weights_of(block.vertical.conv)
    taps = joined = vertical.transpose(0, 3, 2, 1).reshape(len(vertical), -1)
    groups, from_condition = [ScaleGroup(taps.shape[1], v_in)], []
    if block.vertical_condition is not None:
        weight = weights_of(block.vertical_condition)[0][:, :, 0, 0]
        joined = np.concatenate([taps, weight], 1)
        from_condition = [ScaleGroup(weight.shape[1], condition)]
        groups += from_condition
    exact_vertical = quantise(joined, vertical_bias, groups, TANH_INDEX_BITS)

    horizontal, horizontal_bias = weights_of(block.horizontal.conv)
    context = weights_of(block.horizontal_condition)[0][:, :, 0, 0]
    taps = horizontal[:, :, 0].transpose(0, 2, 1).reshape(len(horizontal), -1)
    joined = np.concatenate([taps, context], 1)
    lead = sum(group.size for group in from_condition)
    above = ScaleGroup(context.shape[1] - lead, v_out)
    groups = [ScaleGroup(taps.shape[1], h_in), *from_condition, above]
    exact_horizontal = quantise(joined, horizontal_bias, groups, TANH_INDEX_BITS)
    residual, residual_bias = weights_of(block.residual)
    groups = [ScaleGroup(residual.shape[1], VALUE_BITS)]
    exact_residual = quantise(residual[:, :, 0, 0], residual_bias, groups, h_out)
    # h joins the residual product at its accumulator's scale, which must not be coarser.
    if exact_residual.shift + h_out < h_in:
        raise FreezeError("the residual accumulator is coarser than its input")
    return ExactBlock(exact_vertical, exact_horizontal, exact_residual)


def freeze_pixelcnn(
    net: GatedPixelCNN, reach: Mapping[str, float], latent_reach: int = 0
) -> ExactDecoder:
    """The exact copy of a PixelCNN, for latents within +-`latent_reach` grid steps if it has any.

    reach: the largest magnitude of each module's output (`learning.calibrate`).
    """
    config = net.config
    conditioner, condition = None, 0
    if net.conditioner is not None:
        conditioner, condition = freeze_conditioner(net.conditioner, reach, latent_reach)
    v = [scale_for(reach["decoder.vertical_in"])]
    h = [scale_for(reach["decoder.horizontal_in"])]
    for index in range(config.decoder_blocks):
        v.append(scale_for(reach[f"decoder.blocks.{index}.v"]))
        h.append(scale_for(reach[f"decoder.blocks.{index}.h"]))
    blocks = tuple(
        _block(block, v[i], v[i + 1], h[i], h[i + 1], condition)
        for i, block in enumerate(net.blocks)
        if isinstance(block, GatedBlock)
    )
    head_scale = scale_for(reach["decoder.head"])
    return ExactDecoder(
        conditioner,
        _input_layer(net.vertical_in.conv, v[0]),
        _input_layer(net.horizontal_in.conv, h[0]),
        blocks,
        tuple(v),
        tuple(h),
        freeze_conv(net.head, h[-1], head_scale).affine,
        freeze_conv(net.logit, head_scale, LOGIT_BITS).affine,
        *config.image_shape[1:],
        config.vertical_kernel,
        config.horizontal_kernel,
        config.input_vertical_kernel,
        config.input_horizontal_kernel,
    )


def _input_layer(layer: nn.Conv2d, out_scale: int) -> Affine:
    """The first layer of a stack; its inputs, pixels 0 or 1, are ordered (row, column)."""
    weight, bias = weights_of(layer)
    rows = conv_weight_rows(weight)
    return quantise(rows, bias, [ScaleGroup(rows.shape[1], 0)], out_scale)
