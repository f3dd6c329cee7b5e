"""The models that an archive needs: which they are, the one that it carries, and one among many."""

from __future__ import annotations

from collections.abc import Sequence

from acncodec.container import AnyHeader, Archive, MixedHeader, ModelName
from acncodec.errors import CorruptionError, FormatError, ModelError
from acncodec.memory import memory_errors
from acncodec.models.coded import decode_model
from acncodec.models.frozen import FrozenModel


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


def embedded_model(archive: Archive) -> FrozenModel | None:
    """The model of an archive, or None where it carries none (or, of a damaged one, no whole one).

    Raises `FormatError` where its section is malformed or no model, `CorruptionError` where it is
    another model than the header's, `TooLargeError` where it is too large.
    """
    header, payload = archive.header, archive.model(0)
    if payload is None or isinstance(header, MixedHeader):
        return None
    try:
        with memory_errors():
            model = decode_model(payload, header.profile, header.model_name)
    except ModelError as error:
        raise FormatError(f"the embedded model: {error}") from error
    if model.model_id != header.model_id:
        raise CorruptionError(
            f"the embedded model is {model.model_id.hex()}, "
            f"the header names {header.model_id.hex()}"
        )
    return model
