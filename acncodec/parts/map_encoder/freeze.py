"""Freezing the map encoder: convolutions and codebook to integers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import nn

from acncodec.arithmetic.fixed import OPERAND_MAX, scale_for
from acncodec.errors import FreezeError
from acncodec.parts.layers import freeze_conv
from acncodec.parts.map_encoder.exact import ExactMapEncoder
from acncodec.parts.map_encoder.net import MapEncoder
from acncodec.parts.planes import PLANE_BITS


def freeze_map_encoder(net: MapEncoder, reach: Mapping[str, float]) -> ExactMapEncoder:
    """The exact copy of the encoder; its vectors and the codebook are at one scale.

    reach: the largest magnitude of each module's output (`learning.calibrate`). Raises
    `FreezeError` when a layer does not fit.
    """
    scale, layers = PLANE_BITS, []
    for index, layer in enumerate(net.layers):
        if not isinstance(layer, nn.Conv2d):
            raise FreezeError("the encoder's layers are convolutions")
        out_scale = scale_for(reach[f"encoder.layers.{index}"])
        layers.append(freeze_conv(layer, scale, out_scale))
        scale = out_scale
    codebook = net.codebook.detach().double().cpu().numpy()
    fine = scale_for(max(reach["encoder.out"], float(np.abs(codebook).max())))
    operands = np.rint(codebook * 2.0**fine).clip(-OPERAND_MAX, OPERAND_MAX).astype(np.int16)
    return ExactMapEncoder(tuple(layers), freeze_conv(net.out, scale, fine), operands)
