"""The exact feed-forward decoder's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator

from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
)
from acncodec.engines.conv import ExactConv
from acncodec.parts.conditioner.shape import ConditionerConfig
from acncodec.parts.conditioner.tensors import (
    conditioner_schema,
    conditioner_tensors,
    read_conditioner,
)
from acncodec.parts.feedforward.exact import ExactFeedForward


def feedforward_schema(config: ConditionerConfig) -> Iterator[TensorSpec]:
    """The tensors of the decoder, its conditioner's among them."""
    yield from conditioner_schema(config)
    yield from affine_schema("decoder.logit", config.image_shape[0], 9 * config.condition_channels)


def feedforward_tensors(decoder: ExactFeedForward) -> Tensors:
    """The decoder as tensors."""
    logit = affine_tensors("decoder.logit", decoder.logit.affine)
    return conditioner_tensors(decoder.conditioner) | logit


def read_feedforward(config: ConditionerConfig, tensors: Tensors, reach: int) -> ExactFeedForward:
    """Undo `feedforward_tensors`, of tensors that the schema allows, for latents within +-`reach`.

    Raises `ModelError` as `read_conditioner` does.
    """
    logit = ExactConv(read_affine(tensors, "decoder.logit"), 3, 1)
    conditioner = read_conditioner(config, tensors, reach)
    return ExactFeedForward(conditioner, logit, *config.image_shape[1:])
