"""Freezing the prior network: its layers to integers on the scales of codes and tables."""

from __future__ import annotations

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX, ScaleGroup, quantise
from acncodec.arithmetic.tables import (
    FRACTION_BITS,
    GRID_BITS,
    LOGIT_BITS,
    RAW_SCALE_BITS,
    TANH_INDEX_BITS,
    VALUE_BITS,
)
from acncodec.errors import FreezeError
from acncodec.parts.layers import weights_of
from acncodec.parts.prior_network.exact import ExactPrior
from acncodec.parts.prior_network.net import PriorNetwork


def freeze_prior(net: PriorNetwork, reach: int, clamp: int) -> ExactPrior:
    """The exact copy of the prior network for latents within +-`reach` grid steps."""
    dim, components = net.shape
    lift = int(np.floor(np.log2(OPERAND_MAX / clamp)))
    code = ScaleGroup(dim, GRID_BITS + lift)
    hidden = []
    for index, layer in enumerate(net.hidden):
        weight, bias = weights_of(layer)
        groups = [code] if index == 0 else [code, ScaleGroup(weight.shape[1] - dim, VALUE_BITS)]
        hidden.append(quantise(weight, bias, groups, TANH_INDEX_BITS))
    weight, bias = weights_of(net.out)
    if bias is None:
        raise FreezeError("the prior's output layer has no bias")
    group = [ScaleGroup(weight.shape[1], VALUE_BITS)]
    parts = np.split(weight, 3), np.split(bias, 3)
    scales = (LOGIT_BITS, GRID_BITS + FRACTION_BITS, RAW_SCALE_BITS)
    logits, means, raw = (
        quantise(part, offset, group, scale)
        for part, offset, scale in zip(*parts, scales, strict=True)
    )
    return ExactPrior(
        tuple(hidden), logits, means, raw, components, reach,
        reach << FRACTION_BITS, lift,
    )  # fmt: skip
