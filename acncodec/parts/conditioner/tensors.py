"""The exact conditioner's tensors: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
    scalar,
)
from acncodec.engines.conv import ExactConv
from acncodec.errors import ModelError
from acncodec.parts.conditioner.exact import ExactConditioner
from acncodec.parts.conditioner.shape import ConditionerConfig, condition_sizes

AT = "decoder.conditioner."


def conditioner_schema(config: ConditionerConfig) -> Iterator[TensorSpec]:
    """The tensors of the conditioner."""
    hidden, (height, width) = config.condition_hidden, condition_sizes(config)[0]
    yield from affine_schema(AT + "linear", hidden * height * width, config.latent_dim)
    yield from affine_schema(AT + "middle", hidden, 9 * hidden)
    yield from affine_schema(AT + "out", config.condition_channels, 9 * hidden)
    yield scalar(AT + "latent_lift", 0, 14)


def conditioner_tensors(conditioner: ExactConditioner) -> Tensors:
    """The conditioner as tensors."""
    out = affine_tensors(AT + "linear", conditioner.linear)
    out |= affine_tensors(AT + "middle", conditioner.middle.affine)
    out |= affine_tensors(AT + "out", conditioner.out.affine)
    return out | {AT + "latent_lift": np.array(conditioner.latent_lift, np.int64)}


def read_conditioner(config: ConditionerConfig, tensors: Tensors, reach: int) -> ExactConditioner:
    """Undo `conditioner_tensors`, of tensors that the schema allows.

    Raises `ModelError` when a latent within +-`reach` could be wider than 15 bits once lifted
    (docs/FORMAT.md, 7.3).
    """
    lift = int(tensors[AT + "latent_lift"])
    if reach << lift > OPERAND_MAX:
        raise ModelError("lifted latents do not fit an operand")
    return ExactConditioner(
        read_affine(tensors, AT + "linear"),
        ExactConv(read_affine(tensors, AT + "middle"), 3, 1),
        ExactConv(read_affine(tensors, AT + "out"), 3, 1),
        tuple(condition_sizes(config)),
        lift,
    )
