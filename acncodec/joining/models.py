"""The models of several archives as one list, in which those of each keep their order."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from acncodec.container import ModelName
from acncodec.errors import JoinError


def merged(lists: Sequence[Sequence[ModelName]]) -> tuple[ModelName, ...]:
    """Each model once, told by its id. Raises `JoinError` where no order suits all lists."""
    known: dict[bytes, ModelName] = {}
    sorter: TopologicalSorter[bytes] = TopologicalSorter()
    for models in lists:
        for one in models:
            known.setdefault(one.model_id, one)
            sorter.add(one.model_id)
        for before, after in pairwise(models):
            sorter.add(after.model_id, before.model_id)
    try:
        return tuple(known[model_id] for model_id in sorter.static_order())
    except CycleError as error:
        raise JoinError("the parts name the same models in different orders") from error
