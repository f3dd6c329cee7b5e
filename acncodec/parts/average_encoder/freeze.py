"""Freezing the any-size encoder: a float network to integers, with a scale for each activation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from acncodec.arithmetic.fixed import ScaleGroup, quantise, scale_for
from acncodec.arithmetic.tables import GRID_BITS
from acncodec.errors import FreezeError
from acncodec.parts.average_encoder.exact import MOST_LIFT, ExactAverageEncoder
from acncodec.parts.average_encoder.net import AverageEncoder
from acncodec.parts.layers import freeze_conv, weights_of
from acncodec.parts.planes import PLANE_BITS

FINEST = 19
"""Scale of averages: with the finest weights, codes are then still shifted by 40 bits at most."""


def measure(net: AverageEncoder, batches: Iterable[Tensor]) -> list[float]:
    """The largest magnitudes, on batches of planes, of what `AverageEncoder.features` gives."""
    found = [0.0] * (len(net.layers) + 1)
    with torch.no_grad():
        for planes in batches:
            reached = (float(value.abs().max()) for value in net.features(planes))
            found = [max(pair) for pair in zip(found, reached, strict=True)]
    return found


def freeze_average_encoder(
    net: AverageEncoder, reaches: Sequence[float], clamp: int
) -> ExactAverageEncoder:
    """The exact copy of the encoder; codes are clamped to +-`clamp` grid steps.

    reaches: as `measure` finds them. Raises `FreezeError` when a layer does not fit.
    """
    scale, layers = PLANE_BITS, []
    for layer, reach in zip(net.layers, reaches[:-1], strict=True):
        if not isinstance(layer, nn.Conv2d):
            raise FreezeError("the encoder's layers are convolutions")
        out_scale = scale_for(reach)
        layers.append(freeze_conv(layer, scale, out_scale))
        scale = out_scale
    # An average is at most as large as the largest feature, so that its scale is no coarser.
    fine = max(scale, scale_for(reaches[-1], most=min(scale + MOST_LIFT, FINEST)))
    weight, bias = weights_of(net.out)
    out = quantise(weight, bias, [ScaleGroup(weight.shape[1], fine)], GRID_BITS)
    return ExactAverageEncoder(tuple(layers), out, clamp, fine - scale)
