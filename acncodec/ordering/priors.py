"""Which prior a batch has: none before it, each item's parent; an urn's are the latent space's."""

# ruff: noqa: ARG002 - a contract passes what not every prior asks for

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from acncodec.contracts.codec import Codec
from acncodec.contracts.latent_space import LatentSpace
from acncodec.ordering.schedule import Schedule

Ints = NDArray[np.int64]


class UnconditionalPriors:
    """Every item for itself."""

    def __init__(self, space: LatentSpace) -> None:
        self._space = space

    def add(self, codes: Ints) -> None:
        """What is known tells nothing."""

    def of(self, rows: slice, earlier: Ints) -> Codec[Ints]:
        """p(z) of the items at `rows`."""
        return self._space.prior(rows.stop - rows.start)


class ParentPriors:
    """Every item after its parent in `schedule`; items are added in decoding order."""

    def __init__(self, space: LatentSpace, schedule: Schedule) -> None:
        self._space, self._parents = space, schedule.parents
        self._codes = np.zeros((len(schedule.parents), *space.shape), np.int64)
        self._count = 0

    def add(self, codes: Ints) -> None:
        """Items with these codes become known."""
        self._codes[self._count : self._count + len(codes)] = codes
        self._count += len(codes)

    def of(self, rows: slice, earlier: Ints) -> Codec[Ints]:
        """The prior of the items at `rows`, of which all have a parent, or none has."""
        parents = self._parents[rows]
        if (parents < 0).any():
            return self._space.prior(len(parents))
        return self._space.given(self._codes[parents])
