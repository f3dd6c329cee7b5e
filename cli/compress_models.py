"""The models by which `acncodec compress` may code the images: named, bundled, fitted to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from acncodec.errors import DataError, ModelError

from .fit import Candidate, fitted_model, note
from .options import named_models

if TYPE_CHECKING:
    from acncodec.images import DataSet, DataSource, MixedData
    from acncodec.images.mixed_source import MixedSource

    from .compress_asked import Asked

FAST = "fast"
"""The pace of `--fast`, which nothing that is taken may miss, but by a model that was named."""
FEW_BYTES = 1 << 20
"""Of images: a model that is carried may cost more of them than it saves."""


def candidates_for(asked: Asked, data: DataSource | MixedSource) -> list[Candidate]:
    """The models by which the images may be coded; of several candidates the smallest file is kept.

    Raises:
        DataError: a model is to be fitted to images that are not in memory.
        ModelError: the named model takes none of the images; or none does, and none may be stored.
    """
    from acncodec.images import DataSet, MixedData

    if asked.fit is None or asked.beside is None or not data.count:
        return [_usual(asked, data)]
    if not isinstance(data, DataSet | MixedData):
        raise DataError(f"{asked.source}: --fit needs all images in memory")
    _check_before_the_fit(asked, data)
    found = []
    try:
        found.append(_usual(asked, data))
    except ModelError:
        if asked.model is not None:
            raise
    if asked.stored == "never" and isinstance(data, MixedData):
        _check_all_modelled(asked, data, found)
    if asked.pace == FAST and asked.model is None:
        found = [one for one in found if _is_fast(one, asked)]
    usual = [one for each in found for one in each.models]
    fitted = fitted_model(
        data, asked.source, asked.beside, asked.fit, asked.pace or "usual", asked.start, usual,
        asked.threads, storing=asked.stored == "auto",
    )  # fmt: skip
    from acncodec.training.fit import beside_fitted

    others = beside_fitted(data, fitted, usual)
    if asked.embed_model and others:
        found.insert(0, Candidate(fitted, True))
    by_id = frozenset() if asked.embed_model else frozenset(one.model_id for one in others)
    alone = asked.embed_model or not found
    if alone and asked.stored == "auto" and data.raw_bytes <= FEW_BYTES:
        found.append(Candidate(None, False))
    return [Candidate(fitted, True, others, by_id), *found]


def _is_fast(candidate: Candidate, asked: Asked) -> bool:
    """Whether decoding takes no longer than `--fast` allows; else the user is told."""
    from acncodec.training.choice import PACES
    from acncodec.training.start import milliseconds_by

    took = {one.name: milliseconds_by(one) for one in candidate.models}
    slow = [f"{name} takes about {ms:.2g} ms" for name, ms in took.items() if ms > PACES[FAST]]
    if slow:
        note(f"{asked.source.name}: for 1,024 pixels {', '.join(slow)}, too long for --fast")
    return not slow


def _check_before_the_fit(asked: Asked, data: DataSet | MixedData) -> None:
    """Raise `AcnError` for what would be refused after it, of all that the user has waited for."""
    from acncodec.images import DataSet
    from acncodec.ordering.choose import check_strategy
    from acncodec.run.devices import check_device
    from acncodec.stack.coders import check_coder

    levels = [data.levels] if isinstance(data, DataSet) else [one.levels for one in data.classes]
    check_coder(asked.coder, max(levels))
    check_device(asked.device)
    if asked.ordering != "auto":
        check_strategy(asked.ordering, conditional=False, keep=asked.order == "keep")


def _check_all_modelled(asked: Asked, data: MixedData, found: list[Candidate]) -> None:
    """Raise `ModelError` where some images would be left over, and none may be stored: neither of
    the channels of those to which a model is fitted, nor such as a model at hand takes."""
    from acncodec.training.fit_images import FitImages

    (channels, _, _), _ = FitImages.of(data).kinds[0]
    for one in data.classes:
        models = (model for each in found for model in each.models)
        if one.shape[0] != channels and not any(
            model.accepts.takes(one.shape, one.levels) for model in models
        ):
            raise ModelError(
                f"{asked.source}: a model is fitted to the images of {channels} channel(s), none "
                f"takes those of {one.shape[0]}, and none may be stored"
            )


def _usual(asked: Asked, data: DataSource | MixedSource) -> Candidate:
    """What is taken without a fit."""
    models = named_models(data, asked.source, asked.model, asked.stored)
    return Candidate(models[0] if models else None, asked.embed_model, tuple(models[1:]))
