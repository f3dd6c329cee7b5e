"""What may become of all images of a mixed set: an assignment for each shard, the likeliest first.

A model that the file would carry must be worth its bytes: what its images save, in all shards, over
being stored. One that is not is left out, and the images are looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import ModelError
from acncodec.images.excerpt import Excerpt
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from acncodec.mixed.assign import NEAR, all_modelled, all_stored, assign
from acncodec.mixed.lots import Distinct, distinct_images
from acncodec.mixed.push import STORED, Assignment
from acncodec.mixed.shards import CutSet
from acncodec.models.frozen import FrozenModel
from acncodec.run.executor import Executor, Jobs
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fate:
    """What becomes of the distinct images of a shard, and as which classes they are coded."""

    assignment: Assignment
    classes: frozenset[ImageClass]

    @classmethod
    def of(cls, shard: Distinct, assignment: Assignment) -> Fate:
        """Those of an assignment."""
        return cls(assignment, frozenset(assignment.classes(shard.images)))


@dataclass(frozen=True, eq=False)
class Fates:
    """A fate for each shard, whose bins count `models`."""

    models: tuple[FrozenModel, ...]
    shards: tuple[Fate, ...]

    def pruned(self) -> Fates:
        """The same without the models that code no image."""
        bins = [fate.assignment.bins for fate in self.shards]
        used = sorted({number for one in bins for number in np.unique(one).tolist()} - {STORED})
        numbers = np.full(len(self.models) + 1, STORED)  # the last one stands for `STORED`
        numbers[used] = np.arange(len(used))
        shards = (
            replace(fate, assignment=replace(fate.assignment, bins=numbers[fate.assignment.bins]))
            for fate in self.shards
        )
        return Fates(tuple(self.models[number] for number in used), tuple(shards))


@dataclass(frozen=True, eq=False)
class _Chosen:
    """A shard's cheapest fate; what it is thought to cost, and where all is stored, bits; and by
    model, what it saves over that."""

    fate: Fate
    stored: Fate
    bits: float
    stored_bits: float
    saved: Floats


@dataclass(frozen=True, eq=False)
class _Look:
    """A shard to be looked at, as a job; places: where each image stood in the set that was given,
    (N,)."""

    images: Excerpt[MixedImages]
    places: Ints

    def sent(self, *, carrying: bool) -> Self:
        """As a job that is done elsewhere."""
        return replace(self, images=self.images.sent(carrying=carrying))


def _looks(shards: CutSet) -> Jobs[_Look]:
    return Jobs(lambda index: _Look(shards.excerpt(index), shards.rows(index)), len(shards))


@dataclass(frozen=True, eq=False)
class _AllModelled:
    """A fate for a shard in which every image is modelled that one of the models takes; models:
    their ids."""

    models: tuple[bytes, ...]

    def __call__(
        self, job: _Look, models: Mapping[bytes, FrozenModel], workers: Workers, _progress: Progress
    ) -> Fate:
        shard = distinct_images(job.images.read())
        taken = [models[one] for one in self.models]
        return Fate.of(shard, all_modelled(shard.images, taken, workers, slow=True))


@dataclass(frozen=True, eq=False)
class _Cheapest:
    """The cheapest fate of a shard, by the models of these ids. keep, slow: as in `assign`."""

    models: tuple[bytes, ...]
    keep: bool
    slow: bool

    def __call__(
        self, job: _Look, models: Mapping[bytes, FrozenModel], workers: Workers, progress: Progress
    ) -> _Chosen:
        progress("pricing", 0.0)
        shard = distinct_images(job.images.read())
        images, taken = shard.images, [models[one] for one in self.models]
        places = shard.first_of(job.places)
        priced = assign(images, taken, workers, keep=self.keep, slow=self.slow, places=places)
        stored, bins = priced.stored, priced.assignment.bins
        saved = np.zeros(len(self.models))
        modelled = bins != STORED
        np.add.at(saved, bins[modelled], (stored - priced.bits)[modelled])
        return _Chosen(
            Fate.of(shard, priced.assignment), Fate.of(shard, all_stored(images)),
            float(priced.bits.sum()), float(stored.sum()), saved,
        )  # fmt: skip


def _ids(models: Sequence[FrozenModel]) -> tuple[bytes, ...]:
    return tuple(model.model_id for model in models)


def modelled_fates(
    shards: CutSet, models: Sequence[FrozenModel], executor: Executor[FrozenModel]
) -> Fates:  # fmt: skip
    """Every image by a model. Raises `ModelError` where none takes some image."""
    found = tuple(executor.map(_AllModelled(_ids(models)), _looks(shards)))
    if any((fate.assignment.bins == STORED).any() for fate in found):
        raise ModelError("no model takes some of the images, and none may be stored")
    return Fates(tuple(models), found)


def stored_fates(shards: CutSet) -> Fates:
    """Every image stored."""
    distinct = map(shards.distinct, range(len(shards)))
    return Fates((), tuple(Fate.of(one, all_stored(one.images)) for one in distinct))


def cheapest_fates(
    shards: CutSet, models: Sequence[FrozenModel], carried: Mapping[bytes, int],
    executor: Executor[FrozenModel], *, keep: bool, slow: bool,
) -> list[Fates]:  # fmt: skip
    """The cheapest fates that were found, and all stored where that may cost less.

    carried: the bytes of each model, by its id, that the file would carry; slow: as in `assign`.
    """
    left = list(models)
    while True:
        work = _Cheapest(_ids(left), keep, slow)
        chosen = list(executor.map(work, _looks(shards)))
        saved = sum((one.saved for one in chosen), np.zeros(len(left)))
        costs = np.array([8 * carried.get(model.model_id, 0) for model in left])
        used = _used(chosen, len(left))
        losses = np.where(used & (costs > 0), costs - saved, -np.inf)
        if not len(left) or losses.max() <= 0:
            break
        del left[int(losses.argmax())]
    best = Fates(tuple(left), tuple(one.fate for one in chosen))
    stored = Fates((), tuple(one.stored for one in chosen))
    if not used.any():
        return [stored]
    bits = sum(one.bits for one in chosen) + float(costs[used].sum())
    near = bits > NEAR * sum(one.stored_bits for one in chosen)
    return [best, stored] if near else [best]


def _used(chosen: Sequence[_Chosen], models: int) -> NDArray[np.bool_]:
    """Which models some image is coded by, (models,)."""
    used = np.zeros(models, np.bool_)
    for one in chosen:
        bins = one.fate.assignment.bins
        used[bins[bins != STORED]] = True
    return used
