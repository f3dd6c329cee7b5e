"""Which of several files need not be written whole, since some of the images tell that it would be
larger."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .fit import Candidate

if TYPE_CHECKING:
    from acncodec.images import DataSource
    from acncodec.images.mixed_source import MixedSource

    from .compress_asked import Asked

MANY_BYTES = 1 << 22
"""Of images, packed: to write so many by one more model takes longer than to look at some."""
MARGIN = 1.03
"""What some of the images tell is right to within about a percent."""
Outlook = Callable[[Candidate, Candidate, int], "int | None"]


def outlook(asked: Asked, data: DataSource | MixedSource) -> Outlook:
    """What tells, of a candidate, the best one before it and the bytes of that one's file, about
    how many bytes the candidate's file would have; or None where it had better be written: it might
    be the smaller one, or images are few, or many of them would be stored."""
    known: dict[Candidate, int | None] = {}

    def expected(candidate: Candidate) -> int | None:
        from acncodec.analysis.estimate import modelled_bytes
        from acncodec.models.coded import code_model

        if candidate not in known:
            found = modelled_bytes(data, candidate.models, asked.order, asked.threads)
            carried = [one for one in candidate.models if one.model_id not in candidate.at_hand]
            payloads = map(code_model, carried if candidate.embed else ())
            known[candidate] = None if found is None else found + sum(map(len, payloads))
        return known[candidate]

    def larger(candidate: Candidate, best: Candidate, file_bytes: int) -> int | None:
        if data.raw_bytes < MANY_BYTES or asked.stored != "auto" or not candidate.models:
            return None
        ours, theirs = expected(candidate), expected(best)
        if not ours or not theirs or ours < MARGIN * theirs:
            return None
        return round(file_bytes * ours / theirs)

    return larger
