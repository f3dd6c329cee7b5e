"""The models that a header names, and which of them the file carries: their fields in the JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from acncodec.container.head import MODEL_ID_BYTES
from acncodec.container.strict import Fields, check_int, check_label
from acncodec.errors import FormatError

MAX_MODELS: Final = 256
NO_MODEL: Final = bytes(MODEL_ID_BYTES)
"""The model id at the start of a file none of whose images is modelled."""


@dataclass(frozen=True)
class ModelName:
    """A model that images were coded with: its name, for messages, its profile, and its id."""

    name: str
    profile: str
    model_id: bytes

    def __post_init__(self) -> None:
        check_label(self.name, "a model's name")
        check_label(self.profile, "a model's profile")
        if type(self.model_id) is not bytes or len(self.model_id) != MODEL_ID_BYTES:
            raise FormatError(f"a model id must be {MODEL_ID_BYTES} bytes")


def models_to_json(models: Sequence[ModelName]) -> dict[str, object]:
    """The fields `m`, `p` and `e`; the id of the first model is no part of the JSON."""
    fields: dict[str, object] = {}
    if models:
        fields |= {"m": models[0].name, "p": models[0].profile}
    if len(models) > 1:
        fields["e"] = [[one.name, one.profile, one.model_id.hex()] for one in models[1:]]
    return fields


def models_from_json(fields: Fields, model_id: bytes, modelled: bool) -> tuple[ModelName, ...]:
    """Take those fields; there are no models where no image is modelled. Raises `FormatError`."""
    if not modelled:
        if model_id != NO_MODEL:
            raise FormatError("there is a model id, but no image is modelled")
        return ()
    first = ModelName(
        check_label(fields.take("m"), "the model's name"),
        check_label(fields.take("p"), "the arithmetic profile"),
        model_id,
    )
    more = fields.take("e", ())
    if more == ():
        return (first,)
    if not isinstance(more, list) or not 1 <= len(more) < MAX_MODELS:
        raise FormatError(f"further models must be a list of 1 to {MAX_MODELS - 1}")
    return (first, *map(_model, more))


def _model(value: object) -> ModelName:
    if not isinstance(value, list) or len(value) != 3:
        raise FormatError("a further model must be [name, profile, model id]")
    name, profile, digits = value
    known = isinstance(digits, str) and len(digits) == 2 * MODEL_ID_BYTES
    if not known or set(digits) - set("0123456789abcdef"):
        raise FormatError("a model id must be 64 hexadecimal digits in lower case")
    return ModelName(
        check_label(name, "a model's name"), check_label(profile, "a model's profile"),
        bytes.fromhex(digits),
    )  # fmt: skip


def embedded_from_json(fields: Fields) -> tuple[int, ...]:
    """Take the field `f`, the numbers of models that the file carries. Raises `FormatError`."""
    value = fields.take("f", ())
    if value == ():
        return ()
    if not isinstance(value, list) or not value:
        raise FormatError("the embedded models must be a list of at least one")
    return tuple(check_int(place, "an embedded model", 0, MAX_MODELS - 1) for place in value)


def check_embedded(embedded: Sequence[int], models: int) -> None:
    """Raise `FormatError` unless numbers of embedded models ascend and there are such models."""
    if any(after <= before for before, after in pairwise(embedded)):
        raise FormatError("the numbers of embedded models must ascend")
    if embedded and not 0 <= embedded[0] <= embedded[-1] < models:
        raise FormatError("the header embeds models that it does not have")
