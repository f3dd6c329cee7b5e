"""The exact map encoder's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
)
from acncodec.engines.conv import ExactConv
from acncodec.parts.conv_encoder.shape import kernel_of
from acncodec.parts.map_encoder.exact import ExactMapEncoder
from acncodec.parts.map_encoder.shape import MapEncoderConfig


def map_encoder_schema(config: MapEncoderConfig) -> Iterator[TensorSpec]:
    """The tensors of the encoder."""
    sizes = pairwise((config.image_shape[0] + 1, *config.encoder_channels))
    for index, (before, after) in enumerate(sizes):
        yield from affine_schema(f"encoder.{index}", after, kernel_of(index) ** 2 * before)
    features = config.code_features
    yield from affine_schema("encoder.out", features, config.encoder_channels[-1])
    shape = config.codes, features
    yield TensorSpec("encoder.codebook", "int16", shape, -OPERAND_MAX, OPERAND_MAX)


def map_encoder_tensors(encoder: ExactMapEncoder) -> Tensors:
    """The encoder as tensors."""
    out = affine_tensors("encoder.out", encoder.out.affine)
    for index, layer in enumerate(encoder.layers):
        out |= affine_tensors(f"encoder.{index}", layer.affine)
    return out | {"encoder.codebook": encoder.codebook}


def read_map_encoder(config: MapEncoderConfig, tensors: Tensors) -> ExactMapEncoder:
    """Undo `map_encoder_tensors`, of tensors that the schema allows."""
    layers = tuple(
        ExactConv(read_affine(tensors, f"encoder.{index}"), kernel_of(index), stride)
        for index, stride in enumerate(config.encoder_strides)
    )
    out = ExactConv(read_affine(tensors, "encoder.out"), 1, 1)
    return ExactMapEncoder(layers, out, tensors["encoder.codebook"])
