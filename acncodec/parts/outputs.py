"""The last layers of a decoder: outputs of a pixel in groups, each at the scale its head wants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from acncodec.arithmetic.fixed import ACCUMULATOR_LIMIT, Affine
from acncodec.arithmetic.tensors import (
    Tensors,
    TensorSpec,
    affine_schema,
    affine_tensors,
    read_affine,
    scalar,
)
from acncodec.errors import FreezeError

MAX_UP = 48
"""An operand lifted by this still fits 64 bits with room to spare."""


@dataclass(frozen=True, eq=False)
class OutputGroup:
    """Some outputs of a pixel, at one scale: what `affine` gives without its clamp, lifted by
    `up` bits where the head wants more digits than a sum has."""

    affine: Affine
    up: int


def check_outputs(groups: Sequence[OutputGroup]) -> None:
    """Raise `FreezeError` where an output could leave what float64 holds."""
    for group in groups:
        reach = group.affine.accumulator_bound >> group.affine.shift
        if not 0 <= group.up <= MAX_UP or reach << group.up >= ACCUMULATOR_LIMIT:
            raise FreezeError("outputs are lifted out of range")


def outputs_schema(sizes: Sequence[int], inputs: int) -> Iterator[TensorSpec]:
    """The tensors of groups of so many outputs, each of so many inputs."""
    for index, size in enumerate(sizes):
        yield from affine_schema(f"decoder.outputs.{index}", size, inputs)
        yield scalar(f"decoder.outputs.{index}.up", 0, MAX_UP)


def outputs_tensors(groups: Sequence[OutputGroup]) -> Tensors:
    """The groups as tensors."""
    out: Tensors = {}
    for index, group in enumerate(groups):
        out |= affine_tensors(f"decoder.outputs.{index}", group.affine)
        out[f"decoder.outputs.{index}.up"] = np.array(group.up, np.int64)
    return out


def read_outputs(tensors: Tensors, count: int) -> tuple[OutputGroup, ...]:
    """Undo `outputs_tensors`, of tensors that the schema allows."""
    return tuple(
        OutputGroup(
            read_affine(tensors, f"decoder.outputs.{index}"),
            int(tensors[f"decoder.outputs.{index}.up"]),
        )
        for index in range(count)
    )
