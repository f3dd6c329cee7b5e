"""Freezing encoder and priors: float networks to integers, with a scale for each activation.

Every layer becomes an `Affine`, whose constructor refuses weights that do not fit an
operand or an accumulator that could leave the exact range (docs/METHOD.md, section 3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import nn

from acncodec.arithmetic.fixed import OPERAND_MAX, Floats, ScaleGroup, quantise, scale_for
from acncodec.arithmetic.gaussians import COEFFICIENT_BITS
from acncodec.arithmetic.tables import (
    FRACTION_BITS,
    GRID_BITS,
    INVERSE_BITS,
    LOGIT_BITS,
    RAW_SCALE_BITS,
    TANH_INDEX_BITS,
    TOTAL,
    VALUE_BITS,
)
from acncodec.engines.conv import ExactConv, conv_weight_rows
from acncodec.errors import FreezeError
from acncodec.parts.conv_encoder.exact import ExactEncoder
from acncodec.parts.conv_encoder.net import Encoder
from acncodec.parts.mixture.exact import ExactMixture
from acncodec.parts.prior_network.exact import ExactPrior
from acncodec.parts.prior_network.net import PriorNetwork

CODE_MARGIN = 1.15


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


def code_reach(codes: NDArray[np.float32]) -> int:
    """The clamp of codes, in grid steps, from the training codes (N, D)."""
    return int(np.ceil(float(np.abs(codes).max()) * CODE_MARGIN * (1 << GRID_BITS)))


def freeze_encoder(net: Encoder, reach: dict[str, float], clamp: int) -> ExactEncoder:
    """The exact copy of the encoder; codes are clamped to +-`clamp` grid steps."""
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
    kinds = np.split(weight, 3), np.split(bias, 3)
    scales = (LOGIT_BITS, GRID_BITS + FRACTION_BITS, RAW_SCALE_BITS)
    logits, means, raw = (
        quantise(part, offset, group, scale)
        for part, offset, scale in zip(*kinds, scales, strict=True)
    )
    return ExactPrior(
        tuple(hidden), logits, means, raw, components, reach,
        reach << FRACTION_BITS, lift,
    )  # fmt: skip


def freeze_mixture(weights: Floats, means: Floats, covariances: Floats, reach: int) -> ExactMixture:
    """The exact copy of the unconditional prior, from (K,), (K, D) and (K, D, D)."""
    count, dim = means.shape
    factors = np.linalg.cholesky(covariances)
    widths = np.diagonal(factors, axis1=1, axis2=2)
    # z - mean = L e gives z_d = mean_d + a_d (z - mean)_<d + L_dd e_d, a = 1 - diag(L) L^-1.
    slopes = np.eye(dim) - widths[:, :, None] * np.linalg.inv(factors)
    coefficients = np.rint(np.tril(slopes, -1) * 2.0**COEFFICIENT_BITS)
    used = coefficients / 2.0**COEFFICIENT_BITS
    offsets = means - np.einsum("kij,kj->ki", used, means)
    shares = np.floor(weights / weights.sum() * (TOTAL - count))
    shares[np.argmax(shares)] += TOTAL - count - shares.sum()
    grid = 1 << GRID_BITS
    log_weights = np.log(np.maximum(weights, 1e-12))
    constants = log_weights - np.log(widths).sum(1)
    return ExactMixture(
        shares.astype(np.int64),
        coefficients.astype(np.int64),
        np.rint(offsets * grid * 2**FRACTION_BITS).astype(np.int64),
        np.rint(2**INVERSE_BITS / (grid * widths)).astype(np.int64),
        np.rint(constants * 2**LOGIT_BITS).astype(np.int64),
        reach,
    )
