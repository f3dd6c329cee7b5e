"""The coded model as bytes (docs/FORMAT.md, 7.5): a packed head, and a stack of all integers.

    u16 n | n bytes: raw deflate of the head's JSON, `DICTIONARY` before it | the stack, u32 words

The head says what the config has beside its defaults, and how each tensor is coded (`Plan`).
Tensors stand in ascending order of their names.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.arithmetic.tensors import Axis, Tensors, TensorSpec
from acncodec.container.strict import Fields, check_int, deflate, inflate, parse_object
from acncodec.errors import CoderError, CorruptionError, FormatError, ModelError
from acncodec.families.config import ModelConfig
from acncodec.families.family import Family
from acncodec.families.registry import family_of_profile
from acncodec.models.coded.geometric import CLASSES, MAX_BOUND
from acncodec.models.coded.integers import MAX_LOW_BITS, REACH, Plan, plan_for
from acncodec.models.file import ModelHead
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import check_entries, check_tensor_count
from acncodec.stack.ans import Stack

MAX_HEAD: Final = 1 << 20
DICTIONARY: Final = (
    b'"spikes":["w","n","nw","ne","ww","nn","zero","max"]"first_reach":3,"columns":5,'
    b'"t":[0,0,0,"n":[1,"r":[100,"s":[1,0,64,0,"b":[0,0,0,13],{"c":{"blocks":3,"channels":1,'
    b'"components":3,"hidden":32,"width":16},"b":[0,0,0,'
)
"""What stands in deflate's window before the JSON."""

_LENGTH = struct.Struct("<H")
_WORD_BYTES = 4


def code_model(model: FrozenModel) -> bytes:
    """The integers of `model` as few bytes; name, card and float weights are left out.

    Raises `ModelError` or `TooLargeError` for a model of more integers than a coded one may have.
    """
    return code_tensors(model.family, model.config, model.tensors())


def code_tensors(
    family: Family, config: ModelConfig, tensors: Tensors,
    planned: Callable[[NDArray[Any]], Plan] = plan_for,
) -> bytes:  # fmt: skip
    """The tensors of a model of `config`, whatever is in them, as `code_model` has them, each coded
    as `planned` says."""
    specs = sorted(family.schema(config), key=lambda spec: spec.name)
    lengths: dict[str, int] = {}
    for spec in specs:
        for axis, length in zip(spec.shape, tensors[spec.name].shape, strict=True):
            if isinstance(axis, Axis):
                lengths.setdefault(axis.name, length)
    check_entries(sum(value.size for value in tensors.values()))
    check_tensor_count(len(specs))
    plans = [planned(tensors[spec.name]) for spec in specs]
    stack = Stack(np.zeros(0, np.uint32), seal=True)
    for spec, plan in reversed(list(zip(specs, plans, strict=True))):
        plan.push(stack, tensors[spec.name].astype(np.int64).ravel())
    text = json.dumps(_head(config, lengths, plans), separators=(",", ":"))
    packed = deflate(text.encode(), DICTIONARY)
    if len(packed) >= 1 << 8 * _LENGTH.size or len(text) > MAX_HEAD:
        raise ModelError("the head of the coded model is too large")
    return _LENGTH.pack(len(packed)) + packed + stack.payload()


def decode_model(payload: bytes, profile: str, name: str) -> FrozenModel:
    """Undo `code_model`: the same integers, and so the same model id.

    All that is said is checked before memory is taken for it, and every layer's bound proved.
    Raises `FormatError` or `CorruptionError` where the payload is malformed, `ModelError` where it
    is no model of this profile, `TooLargeError` where it is larger than any that is written.
    """
    family = family_of_profile(profile)
    fields, words = _opened(payload)
    config = _config(fields.take("c"), family.config)
    bases = _integers(fields.take("b"), "a base", -REACH, REACH)
    specs, shapes = _shapes(family.schema(config), fields, len(bases))
    plans = _plans(fields, bases)
    fields.finish()
    check_entries(sum(int(np.prod(shape, dtype=np.float64)) for shape in shapes))
    stack = Stack(words, seal=False)
    tensors: Tensors = {}
    try:
        for spec, shape, plan in zip(specs, shapes, plans, strict=True):
            values = plan.pop(stack, int(np.prod(shape, dtype=np.int64)))
            tensors[spec.name] = _as_dtype(spec, values).reshape(shape)
    except CoderError as error:
        raise CorruptionError("the coded model makes no sense") from error
    if len(stack.unsealed()):
        raise CorruptionError("the coded model does not end where it should")
    return FrozenModel.from_tensors(ModelHead(family, config, name, {}), tensors, {})


def _head(
    config: ModelConfig, lengths: Mapping[str, int], plans: Sequence[Plan]
) -> dict[str, object]:  # fmt: skip
    usual = type(config)().to_json()
    sizes = {key: value for key, value in config.to_json().items() if value != usual[key]}
    moving = [plan for plan in plans if plan.step]
    head: dict[str, object] = {
        "c": sizes,
        "b": [plan.base for plan in plans],
        "s": [plan.step for plan in plans],
        "n": [plan.bound for plan in moving],
        "r": [plan.rate_class for plan in moving],
    }
    if any(plan.low_bits for plan in moving):
        head["t"] = [plan.low_bits for plan in moving]
    if lengths:
        head["a"] = list(lengths.values())
    return head


def _opened(payload: bytes) -> tuple[Fields, NDArray[np.uint32]]:
    """The head's fields, and the words of the stack."""
    start = _LENGTH.size
    if len(payload) < start:
        raise FormatError("the coded model is truncated")
    start += _LENGTH.unpack_from(payload)[0]
    if len(payload) <= start or (len(payload) - start) % _WORD_BYTES:
        raise FormatError("the coded model's stack has no whole words")
    text = inflate(payload[_LENGTH.size : start], MAX_HEAD, DICTIONARY)
    words = np.frombuffer(payload, "<u4", offset=start).astype(np.uint32)
    return Fields(parse_object(text), "the coded model"), words


def _config(value: object, kind: type[ModelConfig]) -> ModelConfig:
    if not isinstance(value, dict):
        raise FormatError("the coded model's config must be an object")
    return kind.from_json(value)


def _shapes(
    schema: Iterable[TensorSpec], fields: Fields, count: int
) -> tuple[list[TensorSpec], list[tuple[int, ...]]]:
    """The tensors in order, and their shapes; lengths that the config does not tell are `a`. Raises
    `FormatError` unless there are `count` of them, before the others are made."""
    check_tensor_count(count)
    stated = iter(_integers(fields.take("a", []), "a length", 0, REACH))
    lengths: dict[str, int] = {}
    shapes: list[tuple[int, ...]] = []
    specs: list[TensorSpec] = []
    for spec in schema:
        if len(specs) == count:
            raise FormatError(f"the coded model has more than {count} tensors")
        specs.append(spec)
    if len(specs) < count:
        raise FormatError(f"the coded model has {len(specs)} tensors, not {count}")
    specs.sort(key=lambda spec: spec.name)
    for spec in specs:
        shape = []
        for axis in spec.shape:
            if isinstance(axis, Axis):
                if axis.name not in lengths:
                    lengths[axis.name] = check_int(
                        next(stated, None), axis.name, axis.low, axis.high
                    )
                shape.append(lengths[axis.name])
            else:
                shape.append(axis)
        shapes.append(tuple(shape))
    if next(stated, None) is not None:
        raise FormatError("the coded model states more lengths than it has")
    return specs, shapes


def _plans(fields: Fields, bases: Sequence[int]) -> list[Plan]:
    """How each tensor is coded."""
    steps = _integers(fields.take("s"), "a step", 0, REACH, len(bases))
    moving = sum(step > 0 for step in steps)
    bounds = iter(_integers(fields.take("n"), "a bound", 0, MAX_BOUND, moving))
    classes = iter(_integers(fields.take("r"), "a class", 0, CLASSES - 1, moving))
    lows = iter(_integers(fields.take("t", [0] * moving), "low bits", 0, MAX_LOW_BITS, moving))
    return [
        Plan(base, step, next(bounds), next(classes), next(lows)) if step else Plan(base)
        for base, step in zip(bases, steps, strict=True)
    ]


def _integers(value: object, what: str, low: int, high: int, count: int | None = None) -> list[int]:
    if not isinstance(value, list) or (count is not None and len(value) != count):
        raise FormatError(f"the coded model has not {what} for each of its tensors")
    return [check_int(entry, what, low, high) for entry in value]


def _as_dtype(spec: TensorSpec, values: NDArray[np.int64]) -> NDArray[Any]:
    """The values in the tensor's dtype. Raises `ModelError` where one does not fit."""
    limits = np.iinfo(spec.dtype)
    if len(values) and not limits.min <= int(values.min()) <= int(values.max()) <= limits.max:
        raise ModelError(f"{spec.name}: a value is no {spec.dtype}")
    return values.astype(spec.dtype)
