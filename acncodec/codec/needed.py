"""The models that an archive needs: which they are, those that it carries, and one among many."""

from __future__ import annotations

from collections.abc import Sequence

from acncodec.container import AnyHeader, Archive, MixedHeader, ModelName
from acncodec.errors import CorruptionError, FormatError, ModelError
from acncodec.models.coded import decode_model
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import check_entries
from acncodec.run.memory import memory_errors


def wanted_models(header: AnyHeader) -> tuple[ModelName, ...]:
    """The models that an archive needs; none where no image is modelled."""
    if isinstance(header, MixedHeader):
        return header.models
    return (ModelName(header.model_name, header.profile, header.model_id),)


def find_model(models: Sequence[FrozenModel], wanted: ModelName) -> FrozenModel:
    """The model that is wanted. Raises `ModelError` that names it and what was there instead."""
    for model in models:
        if model.model_id == wanted.model_id:
            return model
    found = ", ".join(f"{model.name} ({model.model_id.hex()})" for model in models) or "none"
    raise ModelError(
        f"the archive needs model {wanted.name} ({wanted.model_id.hex()}), there is {found}"
    )


def embedded_models(archive: Archive) -> tuple[FrozenModel, ...]:
    """The models that an archive carries; of a damaged one those that are whole.

    Raises `FormatError` where a section is malformed or no model, `CorruptionError` where it is
    another model than the header's, `TooLargeError` where they are too large together.
    """
    names = wanted_models(archive.header)
    found: list[FrozenModel] = []
    for number in archive.header.embedded:
        payload = archive.model(number)
        if payload is not None:
            found.append(_model(payload, names[number]))
            entries = (value.size for model in found for value in model.tensors().values())
            check_entries(sum(entries))
    return tuple(found)


def _model(payload: bytes, wanted: ModelName) -> FrozenModel:
    try:
        with memory_errors():
            model = decode_model(payload, wanted.profile, wanted.name)
    except ModelError as error:
        raise FormatError(f"the embedded model {wanted.name}: {error}") from error
    if model.model_id != wanted.model_id:
        raise CorruptionError(
            f"the embedded model is {model.model_id.hex()}, "
            f"the header names {wanted.model_id.hex()}"
        )
    return model
