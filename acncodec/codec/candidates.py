"""Which models may code a data set."""

from __future__ import annotations

from acncodec.codec.compress import check_fit
from acncodec.errors import ModelError
from acncodec.images import DataSource
from acncodec.images.mixed_source import MixedSource
from acncodec.models.frozen import FrozenModel
from acncodec.models.registry import Tell, find_all_for, find_for_data, silent


def models_for(
    data: DataSource | MixedSource, chosen: FrozenModel | None, stored: str, tell: Tell = silent
) -> list[FrozenModel]:
    """The one that was chosen, or the bundled ones that take some of the images.

    Raises `ModelError` where the chosen one has no likelihood or takes none, or none does and, by
    `stored` (`CompressOptions.stored`), none may be stored. `tell` hears where a user's own model
    is tried.
    """
    if isinstance(data, MixedSource):
        kinds = [(one.shape, one.levels) for one in data.classes]
    else:
        kinds = [(data.shape, data.levels)]
    if chosen is None:
        found = find_all_for(kinds, tell)
        if not found and (stored == "never" or not data.count):
            find_for_data(*kinds[0])
        return found
    chosen.check_likelihood()
    if not isinstance(data, MixedSource):
        check_fit(data, chosen)
    elif not any(chosen.accepts.takes(*kind) for kind in kinds):
        raise ModelError(f"model {chosen.name} codes {chosen.accepts.about}, and DATA has none")
    return [chosen]
