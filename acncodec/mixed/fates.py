"""What may become of all images of a mixed set: an assignment for each shard, the likeliest first.

A model that the file would carry must be worth its bytes: what its images save, in all shards, over
being stored. One that is not is left out, and the images are looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import ModelError
from acncodec.images.image_class import ImageClass
from acncodec.mixed.assign import NEAR, all_modelled, all_stored, assign
from acncodec.mixed.lots import Distinct
from acncodec.mixed.push import STORED, Assignment
from acncodec.mixed.shards import MixedShards
from acncodec.models.frozen import FrozenModel
from acncodec.run.lanes import Lanes
from acncodec.run.settings import Progress
from acncodec.run.workers import Workers

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


@dataclass(frozen=True, eq=False)
class _Chosen:
    """A shard's cheapest fate; what it is thought to cost, and where all is stored, bits; and by
    model, what it saves over that."""

    fate: Fate
    stored: Fate
    bits: float
    stored_bits: float
    saved: Floats


def modelled_fates(
    shards: MixedShards, models: Sequence[FrozenModel], lanes: Lanes
) -> Fates:  # fmt: skip
    """Every image by a model. Raises `ModelError` where none takes some image."""

    def whole(index: int, workers: Workers, _tell: Progress) -> Fate:
        shard = shards.distinct(index)
        return Fate.of(shard, all_modelled(shard.images, models, workers, slow=True))

    found = tuple(lanes.map(whole, range(len(shards))))
    if any((fate.assignment.bins == STORED).any() for fate in found):
        raise ModelError("no model takes some of the images, and none may be stored")
    return Fates(tuple(models), found)


def stored_fates(shards: MixedShards) -> Fates:
    """Every image stored."""
    distinct = map(shards.distinct, range(len(shards)))
    return Fates((), tuple(Fate.of(one, all_stored(one.images)) for one in distinct))


def cheapest_fates(
    shards: MixedShards, models: Sequence[FrozenModel], carried: Mapping[bytes, int],
    lanes: Lanes, *, keep: bool, slow: bool,
) -> list[Fates]:  # fmt: skip
    """The cheapest fates that were found, and all stored where that may cost less.

    carried: the bytes of each model, by its id, that the file would carry; slow: as in `assign`.
    """
    left = list(models)
    while True:
        chosen = _choose(shards, left, lanes, keep=keep, slow=slow)
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


def _choose(
    shards: MixedShards, models: Sequence[FrozenModel], lanes: Lanes, *, keep: bool, slow: bool
) -> list[_Chosen]:  # fmt: skip
    """The cheapest fate of each shard by some models."""

    def choose(index: int, workers: Workers, tell: Progress) -> _Chosen:
        tell("pricing", 0.0)
        shard = shards.distinct(index)
        images = shard.images
        priced = assign(images, models, workers, keep=keep, slow=slow)
        stored, bins = priced.stored, priced.assignment.bins
        saved = np.zeros(len(models))
        modelled = bins != STORED
        np.add.at(saved, bins[modelled], (stored - priced.bits)[modelled])
        return _Chosen(
            Fate.of(shard, priced.assignment), Fate.of(shard, all_stored(images)),
            float(priced.bits.sum()), float(stored.sum()), saved,
        )  # fmt: skip

    return list(lanes.map(choose, range(len(shards))))
