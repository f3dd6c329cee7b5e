"""The exact any-size encoder's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

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
from acncodec.parts.average_encoder.exact import MOST_LIFT, ExactAverageEncoder
from acncodec.parts.average_encoder.shape import AverageEncoderConfig
from acncodec.parts.conv_encoder.shape import kernel_of


def average_encoder_schema(config: AverageEncoderConfig) -> Iterator[TensorSpec]:
    """The tensors of the encoder."""
    sizes = pairwise((config.channels + 1, *config.encoder_channels))
    for index, (before, after) in enumerate(sizes):
        yield from affine_schema(f"encoder.{index}", after, kernel_of(index) ** 2 * before)
    yield from affine_schema("encoder.out", config.latent_dim, config.encoder_channels[-1])
    yield scalar("encoder.average_lift", 0, MOST_LIFT)
    yield scalar("encoder.code_reach", 1, 4096)


def average_encoder_tensors(encoder: ExactAverageEncoder) -> Tensors:
    """The encoder as tensors."""
    out = affine_tensors("encoder.out", encoder.out)
    for index, layer in enumerate(encoder.layers):
        out |= affine_tensors(f"encoder.{index}", layer.affine)
    for key in ("average_lift", "code_reach"):
        out[f"encoder.{key}"] = np.array(getattr(encoder, key), np.int64)
    return out


def read_average_encoder(config: AverageEncoderConfig, tensors: Tensors) -> ExactAverageEncoder:
    """Undo `average_encoder_tensors`, of tensors that the schema allows.

    Raises `ModelError` where a layer's sums could leave what float64 holds.
    """
    layers = tuple(
        ExactConv(read_affine(tensors, f"encoder.{index}"), kernel_of(index), stride)
        for index, stride in enumerate(config.encoder_strides)
    )
    lift, reach = (int(tensors[f"encoder.{key}"]) for key in ("average_lift", "code_reach"))
    return ExactAverageEncoder(layers, read_affine(tensors, "encoder.out"), reach, lift)
