"""The model that an archive carries: decoded, proved, and the one that its header names."""

from __future__ import annotations

from pathlib import Path

from acncodec.container import AnyHeader, Archive, MixedHeader, read_archive, read_header
from acncodec.errors import CorruptionError, FormatError, ModelError
from acncodec.memory import memory_errors
from acncodec.models.coded import decode_model
from acncodec.models.frozen import FrozenModel


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


def header_and_model(path: Path) -> tuple[AnyHeader, FrozenModel | None]:
    """The header of the archive at `path`, all of whose sections stand where they should, and the
    model that it carries. Raises as `read_header` and `embedded_model` do."""
    header = read_header(path).header
    if not header.embedded:
        return header, None
    return header, embedded_model(read_archive(path, ()))
