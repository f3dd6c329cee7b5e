"""Freezing the conditioner of maps of codes: a table for its first layer, integers for the rest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from torch import Tensor

from acncodec.arithmetic.fixed import scale_for
from acncodec.parts.code_conditioner.exact import ExactCodeConditioner
from acncodec.parts.code_conditioner.net import CodeConditioner
from acncodec.parts.layers import freeze_conv, weights_of


def freeze_code_conditioner(
    net: CodeConditioner, codebook: Tensor, reach: Mapping[str, float]
) -> tuple[ExactCodeConditioner, int]:
    """The exact copy for the indexes of a codebook (K, E), and its feature map's scale."""
    middle, out = (scale_for(reach[f"decoder.conditioner.{name}"]) for name in ("middle", "out"))
    weight, bias = weights_of(net.linear)
    vectors = codebook.detach().double().cpu().numpy()
    rows = vectors @ weight[:, :, 0, 0].T + (0.0 if bias is None else bias)
    rows = np.maximum(rows, 0.0)
    hidden = scale_for(float(rows.max()))
    exact = ExactCodeConditioner(
        np.rint(rows * 2.0**hidden).astype(np.int16),
        freeze_conv(net.middle, hidden, middle),
        freeze_conv(net.out, middle, out),
        tuple(net.sizes),
    )
    return exact, out
