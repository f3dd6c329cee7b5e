"""The exact encoder's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
    scalar,
)
from acncodec.engines.conv import ExactConv
from acncodec.parts.conv_encoder.exact import ExactEncoder
from acncodec.parts.conv_encoder.shape import EncoderConfig, encoder_sizes, kernel_of


def encoder_schema(config: EncoderConfig) -> Iterator[TensorSpec]:
    """The tensors of the encoder."""
    before = config.image_shape[0]
    for index, after in enumerate(config.encoder_channels):
        yield from affine_schema(f"encoder.{index}", after, kernel_of(index) ** 2 * before)
        before = after
    height, width = encoder_sizes(config)[-1]
    yield from affine_schema("encoder.out", config.latent_dim, before * height * width)
    yield scalar("encoder.code_reach", 1, 4096)


def encoder_tensors(encoder: ExactEncoder) -> Tensors:
    """The encoder as tensors."""
    out = affine_tensors("encoder.out", encoder.out)
    for index, layer in enumerate(encoder.layers):
        out |= affine_tensors(f"encoder.{index}", layer.affine)
    return out | {"encoder.code_reach": np.array(encoder.code_reach, np.int64)}


def read_encoder(config: EncoderConfig, tensors: Tensors) -> ExactEncoder:
    """Undo `encoder_tensors`, of tensors that the schema allows."""
    layers = tuple(
        ExactConv(read_affine(tensors, f"encoder.{index}"), kernel_of(index), stride)
        for index, stride in enumerate(config.encoder_strides)
    )
    reach = int(tensors["encoder.code_reach"])
    return ExactEncoder(layers, read_affine(tensors, "encoder.out"), reach)
