"""Exact decoders as flat collections of integer tensors, and back."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.engines.conv import ExactConv
from acncodec.errors import ModelError
from acncodec.families.config import ModelConfig
from acncodec.parts.conditioner.exact import ExactConditioner
from acncodec.parts.feedforward.exact import ExactFeedForward, PixelDecoder
from acncodec.parts.gated_pixelcnn.exact import ExactBlock, ExactDecoder
from acncodec.parts.shapes import condition_sizes
from acncodec.parts.tensors import Reader, Tensors, affine_tensors

MAX_RESIDUAL_LIFT = 48
"""An operand lifted by this still fits 64 bits with room to spare."""
AT = "decoder.conditioner."


def decoder_tensors(decoder: PixelDecoder) -> Tensors:
    """The tensors of the decoder."""
    out: Tensors = {}
    if decoder.conditioner is not None:
        out |= _conditioner_tensors(decoder.conditioner)
    if isinstance(decoder, ExactFeedForward):
        return out | affine_tensors("decoder.logit", decoder.logit.affine)
    for index, block in enumerate(decoder.blocks):
        for part in ("vertical", "horizontal", "residual"):
            out |= affine_tensors(f"decoder.{index}.{part}", getattr(block, part))
    for name in ("vertical_in", "horizontal_in", "head", "logit"):
        out |= affine_tensors(f"decoder.{name}", getattr(decoder, name))
    out["decoder.vertical_scales"] = np.array(decoder.vertical_scales, np.int64)
    out["decoder.horizontal_scales"] = np.array(decoder.horizontal_scales, np.int64)
    return out


def _conditioner_tensors(conditioner: ExactConditioner) -> Tensors:
    out = affine_tensors(AT + "linear", conditioner.linear)
    out |= affine_tensors(AT + "middle", conditioner.middle.affine)
    out |= affine_tensors(AT + "out", conditioner.out.affine)
    return out | {AT + "latent_lift": np.array(conditioner.latent_lift, np.int64)}


def _read_conditioner(reader: Reader, config: ModelConfig) -> ExactConditioner:
    hidden, sizes = config.condition_hidden, tuple(condition_sizes(config))
    return ExactConditioner(
        reader.affine(AT + "linear", hidden * sizes[0][0] * sizes[0][1], config.latent_dim),
        ExactConv(reader.affine(AT + "middle", hidden, 9 * hidden), 3, 1),
        ExactConv(reader.affine(AT + "out", config.condition_channels, 9 * hidden), 3, 1),
        sizes,
        reader.number(AT + "latent_lift", 0, 14),
    )


def read_decoder(reader: Reader, config: ModelConfig) -> PixelDecoder:
    """Undo `decoder_tensors`."""
    conditioner = _read_conditioner(reader, config) if config.has_latents else None
    if conditioner is not None and not config.is_causal:
        logit = reader.affine("decoder.logit", config.channels, 9 * config.condition_channels)
        return ExactFeedForward(conditioner, ExactConv(logit, 3, 1), config.height, config.width)
    filters, lead = config.decoder_filters, config.condition_channels
    rows, columns = config.vertical_kernel
    blocks = tuple(
        ExactBlock(
            reader.affine(f"decoder.{i}.vertical", 2 * filters, rows * columns * filters + lead),
            reader.affine(
                f"decoder.{i}.horizontal",
                2 * filters,
                (config.horizontal_kernel + 1) * filters + lead,
            ),
            reader.affine(f"decoder.{i}.residual", filters, filters),
        )
        for i in range(config.decoder_blocks)
    )
    above, aside = config.input_vertical_kernel
    count = config.decoder_blocks + 1
    return ExactDecoder(
        conditioner,
        reader.affine("decoder.vertical_in", filters, above * aside),
        reader.affine("decoder.horizontal_in", filters, config.input_horizontal_kernel),
        blocks,
        reader.numbers("decoder.vertical_scales", count, 0, 14),
        reader.numbers("decoder.horizontal_scales", count, 0, 14),
        reader.affine("decoder.head", config.head_filters, filters),
        reader.affine("decoder.logit", config.channels, config.head_filters),
        config.height, config.width, config.vertical_kernel, config.horizontal_kernel,
        config.input_vertical_kernel, config.input_horizontal_kernel,
    )  # fmt: skip


def check_decoder(decoder: PixelDecoder, reach: int) -> None:
    """What the decoder's bounds assume of latents within +-reach, and of one another
    (docs/FORMAT.md, 7.3).

    Raises `ModelError` when an operand could be wider than 15 bits.
    """
    conditioner = decoder.conditioner
    if conditioner is not None and reach << conditioner.latent_lift > OPERAND_MAX:
        raise ModelError("lifted latents do not fit an operand")
    if isinstance(decoder, ExactFeedForward):
        return
    scales = pairwise(decoder.horizontal_scales)
    for block, (before, after) in zip(decoder.blocks, scales, strict=True):
        if not 0 <= block.residual.shift + after - before <= MAX_RESIDUAL_LIFT:
            raise ModelError("a residual accumulator does not suit the scale of its input")
