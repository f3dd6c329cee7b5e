"""Integer tensors by name: one table says which there are, and files are read by it.

A *schema* is a series of `TensorSpec`, made from a model's config. A model file is checked against
it, tensor by tensor, before anything is built; what the tensors of one layer are stands here too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.fixed import MAX_SHIFT, OPERAND_MAX, Affine
from acncodec.errors import FreezeError, ModelError

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Axis:
    """An axis that the file gives its length, low..high, the same wherever the name stands."""

    name: str
    low: int
    high: int


@dataclass(frozen=True)
class TensorSpec:
    """A tensor of a model file: its name, its dtype (`int16`, `uint8`, `int64`, ...), the length
    of each axis, and the range of its numbers (None: no bound but the dtype's)."""

    name: str
    dtype: str
    shape: tuple[int | Axis, ...]
    low: int | None = None
    high: int | None = None


def scalar(name: str, low: int, high: int) -> TensorSpec:
    """An int64 tensor without axes."""
    return TensorSpec(name, "int64", (), low, high)


def affine_schema(name: str, out: int, inputs: int) -> Iterator[TensorSpec]:
    """The tensors of a layer with so many outputs and inputs (docs/FORMAT.md, 7.3)."""
    yield TensorSpec(f"{name}.weight", "int16", (out, inputs), -OPERAND_MAX, OPERAND_MAX)
    yield TensorSpec(f"{name}.lift", "uint8", (inputs,), 0, MAX_SHIFT)
    yield TensorSpec(f"{name}.bias", "int64", (out,))
    yield TensorSpec(f"{name}.shift", "int64", (), 0, MAX_SHIFT)


def affine_tensors(name: str, affine: Affine) -> Tensors:
    """The tensors of one layer."""
    return {
        f"{name}.weight": affine.weight, f"{name}.lift": affine.lift,
        f"{name}.bias": affine.bias, f"{name}.shift": np.array(affine.shift, np.int64),
    }  # fmt: skip


def read_affine(tensors: Mapping[str, NDArray[Any]], name: str) -> Affine:
    """Undo `affine_tensors`, the layer's bound proved again. Raises `ModelError` if it breaks."""
    weight, lift, bias, shift = (
        tensors[f"{name}.{part}"] for part in ("weight", "lift", "bias", "shift")
    )
    try:
        return Affine(weight, lift, bias, int(shift))
    except FreezeError as error:
        raise ModelError(f"layer {name}: {error}") from error


def check_tensors(schema: Iterable[TensorSpec], tensors: Mapping[str, NDArray[Any]]) -> None:
    """Raise `ModelError` unless `tensors` are those of `schema`, each as it says, and no other."""
    lengths: dict[str, int] = {}
    known = set()
    for spec in schema:
        _check(spec, tensors.get(spec.name), lengths)
        known.add(spec.name)
    unknown = set(tensors) - known
    if unknown:
        raise ModelError(f"unknown tensor {min(unknown)}")


def _check(spec: TensorSpec, value: NDArray[Any] | None, lengths: dict[str, int]) -> None:
    """One tensor; `lengths` are those of the named axes that were met."""
    if value is None or value.dtype != np.dtype(spec.dtype) or value.ndim != len(spec.shape):
        raise ModelError(
            f"the model lacks tensor {spec.name} ({spec.dtype}, {len(spec.shape)} dimensions)"
        )
    wanted: list[int] = []
    for axis, length in zip(spec.shape, value.shape, strict=True):
        if isinstance(axis, Axis):
            wanted.append(lengths.setdefault(axis.name, length))
            if not axis.low <= length <= axis.high:
                raise ModelError(f"{spec.name}: {length} is not in {axis.low}..{axis.high}")
        else:
            wanted.append(axis)
    if value.shape != tuple(wanted):
        raise ModelError(f"{spec.name} has shape {value.shape}, its config says {tuple(wanted)}")
    if not value.size:
        return
    least, most = int(value.min()), int(value.max())
    low, high = (
        (least if spec.low is None else spec.low),
        (most if spec.high is None else spec.high),
    )
    if not low <= least <= most <= high:
        found = least if least < low else most
        raise ModelError(f"{spec.name}: {found} is not in {low}..{high}")
