"""Freezing the encoder: convolutions to integers, with a scale for each activation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch import nn

from acncodec.arithmetic.fixed import ScaleGroup, quantise, scale_for
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.errors import FreezeError
from acncodec.parts.conv_encoder.exact import ExactEncoder
from acncodec.parts.conv_encoder.net import Encoder
from acncodec.parts.layers import freeze_conv, weights_of

CODE_MARGIN = 1.15


def code_reach(codes: NDArray[np.float32]) -> int:
    """The clamp of codes, in grid steps, from the training codes (N, D)."""
    return int(np.ceil(float(np.abs(codes).max()) * CODE_MARGIN * (1 << GRID_BITS)))


def freeze_encoder(net: Encoder, reach: Mapping[str, float], clamp: int) -> ExactEncoder:
    """The exact copy of the encoder; codes are clamped to +-`clamp` grid steps.

    reach: the largest magnitude of each module's output (`learning.calibrate`).
    """
    scale, layers = 0, []
    for index, layer in enumerate(net.layers):
        if not isinstance(layer, nn.Conv2d):
            raise FreezeError("the encoder's layers are convolutions")
        out_scale = scale_for(reach[f"encoder.layers.{index}"])
        layers.append(freeze_conv(layer, scale, out_scale))
        scale = out_scale
    weight, bias = weights_of(net.out)
    # The float layer reads (channel, row, column), the exact one (row, column, channel).
    channels = layers[-1].affine.weight.shape[0]
    rows = weight.reshape(len(weight), channels, -1).transpose(0, 2, 1).reshape(len(weight), -1)
    out = quantise(rows, bias, [ScaleGroup(rows.shape[1], scale)], GRID_BITS)
    return ExactEncoder(tuple(layers), out, clamp)
