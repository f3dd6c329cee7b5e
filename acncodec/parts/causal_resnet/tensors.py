"""The exact any-size decoder's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_BITS, OPERAND_MAX
from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
    scalar,
)
from acncodec.errors import FreezeError, ModelError
from acncodec.parts.causal_resnet.exact import ExactCausalResNet
from acncodec.parts.causal_resnet.layers import ResidualBlock
from acncodec.parts.causal_resnet.shape import CausalResNetConfig
from acncodec.parts.outputs import outputs_schema, outputs_tensors, read_outputs

OF_A_BLOCK = ("window", "widen", "narrow")


def causal_resnet_schema(
    config: CausalResNetConfig, groups: Sequence[int]
) -> Iterator[TensorSpec]:  # fmt: skip
    """The tensors of the decoder. groups: outputs of each of the head's groups."""
    width, hidden = config.width, config.hidden
    planes = config.channels + 1
    yield from affine_schema("decoder.first", width, config.first_taps * planes)
    if config.size is not None:
        yield from affine_schema("decoder.place", width, sum(config.size))
    for index in range(config.blocks):
        at = f"decoder.{index}."
        yield from affine_schema(at + "window", width, config.taps * width)
        yield from affine_schema(at + "widen", hidden, width)
        yield from affine_schema(at + "narrow", width, hidden)
        if config.latent_dim:
            yield from affine_schema(at + "condition", hidden, config.latent_dim)
    yield from outputs_schema(groups, width)
    yield TensorSpec("decoder.scales", "int64", (config.blocks + 1,), 0, OPERAND_BITS)
    if config.latent_dim:
        yield scalar("decoder.latent_lift", 0, OPERAND_BITS)


def causal_resnet_tensors(decoder: ExactCausalResNet) -> Tensors:
    """The decoder as tensors."""
    out = affine_tensors("decoder.first", decoder.first)
    if decoder.place is not None:
        out |= affine_tensors("decoder.place", decoder.place)
    for index, block in enumerate(decoder.blocks):
        for part in OF_A_BLOCK:
            out |= affine_tensors(f"decoder.{index}.{part}", getattr(block, part))
        if block.condition is not None:
            out |= affine_tensors(f"decoder.{index}.condition", block.condition)
    out |= outputs_tensors(decoder.outputs)
    out["decoder.scales"] = np.array(decoder.scales, np.int64)
    if decoder.latent_dim:
        out["decoder.latent_lift"] = np.array(decoder.latent_lift, np.int64)
    return out


def read_causal_resnet(
    config: CausalResNetConfig, groups: Sequence[int], tensors: Tensors, reach: int = 0
) -> ExactCausalResNet:
    """Undo `causal_resnet_tensors`, of tensors that the schema allows, for latents within
    +-`reach` grid steps.

    Raises `ModelError` where a lifted latent does not fit an operand, or a sum could leave what
    float64 holds.
    """
    lift = int(tensors["decoder.latent_lift"]) if config.latent_dim else 0
    if reach << lift > OPERAND_MAX:
        raise ModelError("lifted latents do not fit an operand")
    blocks = tuple(
        ResidualBlock(
            read_affine(tensors, f"decoder.{index}.window"),
            read_affine(tensors, f"decoder.{index}.widen"),
            read_affine(tensors, f"decoder.{index}.narrow"),
            read_affine(tensors, f"decoder.{index}.condition") if config.latent_dim else None,
        )
        for index in range(config.blocks)
    )
    outputs = read_outputs(tensors, len(groups))
    try:
        return ExactCausalResNet(
            read_affine(tensors, "decoder.first"), blocks, outputs,
            tuple(tensors["decoder.scales"].tolist()), config.channels, config.first_reach,
            config.columns, lift,
            None if config.size is None else read_affine(tensors, "decoder.place"), config.size,
        )  # fmt: skip
    except FreezeError as error:
        raise ModelError(str(error)) from error
