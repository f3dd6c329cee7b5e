"""Freezing: float networks to integers, with a scale for each activation and a proof.

Every layer becomes an `Affine`, whose constructor refuses weights that do not fit an
operand or an accumulator that could leave the exact range (docs/METHOD.md, section 3).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from acncodec.errors import FreezeError
from acncodec.exact.calibrate import activation_reach
from acncodec.exact.conv import ExactConv, conv_weight_rows
from acncodec.exact.decoder import ExactBlock, ExactConditioner, ExactDecoder
from acncodec.exact.encoder import ExactEncoder
from acncodec.exact.fixed import OPERAND_MAX, Affine, Floats, Segment, quantise, scale_for
from acncodec.exact.latent_kernels import COEFFICIENT_BITS
from acncodec.exact.mixture import ExactMixture
from acncodec.exact.prior import ExactPrior
from acncodec.exact.tables import (
    FRACTION_BITS,
    GRID_BITS,
    INVERSE_BITS,
    LOGIT_BITS,
    RAW_SCALE_BITS,
    TANH_INDEX_BITS,
    TOTAL,
    VALUE_BITS,
)
from acncodec.nets.acn import ACN
from acncodec.nets.pixelcnn import GatedBlock, GatedPixelCNN
from acncodec.nets.shapes import condition_sizes

CODE_MARGIN = 1.15


def _weights(layer: nn.Module) -> tuple[Floats, Floats | None]:
    weight = layer.get_parameter("weight").detach().double().cpu().numpy()
    bias = getattr(layer, "bias", None)
    return weight, None if bias is None else bias.detach().double().cpu().numpy()


def _conv(layer: nn.Conv2d, scale: int, out_scale: int) -> ExactConv:
    weight, bias = _weights(layer)
    rows = conv_weight_rows(weight)
    affine = quantise(rows, bias, [Segment(rows.shape[1], scale)], out_scale)
    return ExactConv(affine, layer.kernel_size[0], layer.stride[0])


def _scale(reach: dict[str, float], name: str) -> int:
    return scale_for(reach[name])


def code_reach(codes: NDArray[np.float32]) -> int:
    """The clamp of codes, in grid steps, from the training codes (N, D)."""
    return int(np.ceil(float(np.abs(codes).max()) * CODE_MARGIN * (1 << GRID_BITS)))


def freeze_encoder(net: ACN, reach: dict[str, float], clamp: int) -> ExactEncoder:
    """The exact copy of the encoder; codes are clamped to +-`clamp` grid steps."""
    scale, layers = 0, []
    for index, layer in enumerate(net.encoder.layers):
        if not isinstance(layer, nn.Conv2d):
            raise FreezeError("the encoder's layers are convolutions")
        out_scale = _scale(reach, f"encoder.layers.{index}")
        layers.append(_conv(layer, scale, out_scale))
        scale = out_scale
    weight, bias = _weights(net.encoder.out)
    # The float layer reads (channel, row, column), the exact one (row, column, channel).
    channels = net.config.encoder_channels[-1]
    rows = weight.reshape(len(weight), channels, -1).transpose(0, 2, 1).reshape(len(weight), -1)
    out = quantise(rows, bias, [Segment(rows.shape[1], scale)], GRID_BITS)
    return ExactEncoder(tuple(layers), out, clamp)


def freeze_prior(net: ACN, reach: int, clamp: int) -> ExactPrior:
    """The exact copy of the prior network for latents within +-`reach` grid steps."""
    dim, width = net.config.latent_dim, net.config.prior_hidden
    lift = int(np.floor(np.log2(OPERAND_MAX / clamp)))
    code = Segment(dim, GRID_BITS + lift)
    hidden = []
    for index, layer in enumerate(net.prior.hidden):
        weight, bias = _weights(layer)
        segments = [code] if index == 0 else [code, Segment(width, VALUE_BITS)]
        hidden.append(quantise(weight, bias, segments, TANH_INDEX_BITS))
    weight, bias = _weights(net.prior.out)
    if bias is None:
        raise FreezeError("the prior's output layer has no bias")
    segment = [Segment(weight.shape[1], VALUE_BITS)]
    kinds = np.split(weight, 3), np.split(bias, 3)
    scales = (LOGIT_BITS, GRID_BITS + FRACTION_BITS, RAW_SCALE_BITS)
    logits, means, raw = (
        quantise(part, offset, segment, scale)
        for part, offset, scale in zip(*kinds, scales, strict=True)
    )
    return ExactPrior(
        tuple(hidden), logits, means, raw, net.config.prior_components, reach,
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


def _block(
    block: GatedBlock, v_in: int, v_out: int, h_in: int, h_out: int, condition: int
) -> ExactBlock:
    vertical, vertical_bias = _weights(block.vertical.conv)
    vertical_condition, _ = _weights(block.vertical_condition)
    lead = vertical_condition.shape[1]
    taps = vertical.transpose(0, 3, 2, 1).reshape(len(vertical), -1)
    joined = np.concatenate([taps, vertical_condition[:, :, 0, 0]], 1)
    segments = [Segment(taps.shape[1], v_in), Segment(lead, condition)]
    exact_vertical = quantise(joined, vertical_bias, segments, TANH_INDEX_BITS)

    horizontal, horizontal_bias = _weights(block.horizontal.conv)
    context = _weights(block.horizontal_condition)[0][:, :, 0, 0]
    taps = horizontal[:, :, 0].transpose(0, 2, 1).reshape(len(horizontal), -1)
    joined = np.concatenate([taps, context], 1)
    segments = [
        Segment(taps.shape[1], h_in),
        Segment(lead, condition),
        Segment(context.shape[1] - lead, v_out),
    ]
    exact_horizontal = quantise(joined, horizontal_bias, segments, TANH_INDEX_BITS)
    residual, residual_bias = _weights(block.residual)
    segments = [Segment(residual.shape[1], VALUE_BITS)]
    exact_residual = quantise(residual[:, :, 0, 0], residual_bias, segments, h_out)
    # h joins the residual product at its accumulator's scale, which must not be coarser.
    if exact_residual.shift + h_out < h_in:
        raise FreezeError("the residual accumulator is coarser than its input")
    return ExactBlock(exact_vertical, exact_horizontal, exact_residual)


def freeze_decoder(net: GatedPixelCNN, reach: dict[str, float], latent_reach: int) -> ExactDecoder:
    """The exact copy of the decoder for latents within +-`latent_reach` grid steps."""
    config = net.config
    sizes = condition_sizes(config)
    lift = int(np.floor(np.log2(OPERAND_MAX / latent_reach)))
    at = "decoder.conditioner."
    hidden, middle = _scale(reach, at + "linear"), _scale(reach, at + "middle")
    condition = _scale(reach, at + "out")
    weight, bias = _weights(net.conditioner.linear)
    conditioner = ExactConditioner(
        quantise(weight, bias, [Segment(weight.shape[1], GRID_BITS + lift)], hidden),
        _conv(net.conditioner.middle, hidden, middle),
        _conv(net.conditioner.out, middle, condition),
        tuple(sizes),
        lift,
    )
    v = [_scale(reach, "decoder.vertical_in")]
    h = [_scale(reach, "decoder.horizontal_in")]
    for index in range(config.decoder_blocks):
        v.append(_scale(reach, f"decoder.blocks.{index}.v"))
        h.append(_scale(reach, f"decoder.blocks.{index}.h"))
    blocks = tuple(
        _block(block, v[i], v[i + 1], h[i], h[i + 1], condition)
        for i, block in enumerate(net.blocks)
        if isinstance(block, GatedBlock)
    )
    head_scale = _scale(reach, "decoder.head")
    return ExactDecoder(
        conditioner,
        _input_layer(net.vertical_in.conv, v[0]),
        _input_layer(net.horizontal_in.conv, h[0]),
        blocks,
        tuple(v),
        tuple(h),
        _conv(net.head, h[-1], head_scale).affine,
        _conv(net.logit, head_scale, LOGIT_BITS).affine,
        config.height,
        config.width,
        config.vertical_kernel,
        config.horizontal_kernel,
        config.input_vertical_kernel,
        config.input_horizontal_kernel,
    )


def _input_layer(layer: nn.Conv2d, out_scale: int) -> Affine:
    """The first layer of a stack; its inputs, pixels 0 or 1, are ordered (row, column)."""
    weight, bias = _weights(layer)
    rows = conv_weight_rows(weight)
    return quantise(rows, bias, [Segment(rows.shape[1], 0)], out_scale)


def calibrate(net: ACN, x: torch.Tensor, seed: int = 0) -> dict[str, float]:
    """Reach of every activation on binary calibration images x, float32 (N, C, H, W)."""
    return activation_reach(net.float().eval(), x, seed)
