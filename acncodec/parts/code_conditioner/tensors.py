"""The tensors of the exact conditioner of maps of codes: which there are, written and read."""

from __future__ import annotations

from collections.abc import Iterator

from acncodec.arithmetic.fixed import OPERAND_MAX
from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
)
from acncodec.engines.conv import ExactConv
from acncodec.parts.code_conditioner.exact import ExactCodeConditioner
from acncodec.parts.code_conditioner.shape import CodeConditionerConfig
from acncodec.parts.conditioner.shape import condition_sizes

AT = "decoder.conditioner."


def code_conditioner_schema(config: CodeConditionerConfig) -> Iterator[TensorSpec]:
    """The tensors of the conditioner."""
    hidden = config.condition_hidden
    yield TensorSpec(AT + "table", "int16", (config.codes, hidden), 0, OPERAND_MAX)
    yield from affine_schema(AT + "middle", hidden, 9 * hidden)
    yield from affine_schema(AT + "out", config.condition_channels, 9 * hidden)


def code_conditioner_tensors(conditioner: ExactCodeConditioner) -> Tensors:
    """The conditioner as tensors."""
    out = affine_tensors(AT + "middle", conditioner.middle.affine)
    out |= affine_tensors(AT + "out", conditioner.out.affine)
    return out | {AT + "table": conditioner.table}


def read_code_conditioner(config: CodeConditionerConfig, tensors: Tensors) -> ExactCodeConditioner:
    """Undo `code_conditioner_tensors`, of tensors that the schema allows."""
    return ExactCodeConditioner(
        tensors[AT + "table"],
        ExactConv(read_affine(tensors, AT + "middle"), 3, 1),
        ExactConv(read_affine(tensors, AT + "out"), 3, 1),
        tuple(condition_sizes(config)),
    )
