"""Alice's side of a shard of a mixed set: each model's images on a stack, the others stored.

A shard is a job, as one of a set of one shape is (`codec.push_jobs`): what the jobs have in common
and a job itself can be pickled; pictures that lie on the disk go as paths and fingerprints, and
models as their ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from acncodec.container import MixedShard, Part, Section, SectionType
from acncodec.container.stored import pack_stored
from acncodec.images.excerpt import Excerpt
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed_images import MixedImages
from acncodec.mixed.arrangement import pack_arrangement
from acncodec.mixed.lots import Flags, Lot, distinct_images, keys_digest, numbered, reclassed
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.plan import PlanOptions
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers
from acncodec.shards.push import CodedShard, plan_shard, push_cheapest
from acncodec.stack.coders import check_kinds

Ints = NDArray[np.int64]

STORED = -1
"""The bin of images that no model codes."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """What becomes of each distinct image of a shard: `bins` (U,), the number of its model or
    `STORED`; `inverted` (U,), whether its two levels are exchanged first."""

    bins: Ints
    inverted: Flags

    def classes(self, images: MixedImages) -> set[ImageClass]:
        """Those that the images are coded as."""
        found = set()
        for number, rows in images.rows.items():
            turned = self.inverted[rows]
            if not turned.all():
                found.add(images.classes[number])
            if turned.any():
                found.add(images.classes[number].inverted)
        return found


@dataclass(frozen=True, eq=False)
class CodedMixed:
    """A shard coded: what the header says of it, its sections but those of stacks, its stacks;
    numbers: of each of the N images of the input (in the order `any` they are written by it);
    stored: whether each of them is stored."""

    header: MixedShard
    sections: tuple[Section, ...]
    stacks: tuple[CodedShard, ...]
    numbers: Ints
    stored: Flags


@dataclass(frozen=True, eq=False)
class MixedJob:
    """A shard: its images, and what becomes of the distinct ones; bins count the models of all
    jobs; places: where each image stood in the set that was given, (N,)."""

    shard: int
    images: Excerpt[MixedImages]
    assigned: Assignment
    places: Ints

    def sent(self, *, carrying: bool) -> Self:
        """As a job that is done elsewhere."""
        return replace(self, images=self.images.sent(carrying=carrying))


@dataclass(frozen=True, eq=False)
class PushMixed:
    """Codes shards. models: the ids of those that bins count; classes: of the whole file; options:
    by which each stack is planned; coder: of all stacks."""

    models: Sequence[bytes]
    classes: tuple[ImageClass, ...]
    options: PlanOptions
    coder: str

    def __call__(
        self, job: MixedJob, models: Mapping[bytes, FrozenModel], workers: Workers,
        progress: Progress,
    ) -> CodedMixed:  # fmt: skip
        """Code one shard. Raises `CoderError` when images cost too few bits to be modelled,
        `DataError` when they cannot be read."""
        keep, shard = self.options.keep, distinct_images(job.images.read())
        images = reclassed(shard.images, job.assigned.inverted, self.classes)
        named, order = numbered(images, shard.inverse, keep=keep)
        bins, digest = job.assigned.bins[order], named.digest
        used = sorted(set(bins.tolist()) - {STORED})
        lying = np.flatnonzero(bins == STORED)
        stored = named.images[lying]
        arranged = len(used) > 1 or len(stored) > 0
        stacks, parts = [], []
        for number in used:
            rows = np.flatnonzero(bins == number)
            seed = keys_digest(named.keys[row] for row in rows.tolist()) if arranged else digest
            lot = Lot(named.images[rows], seed)
            model = models[self.models[number]]
            stacks.append(self._stack(lot, model, workers, progress))
            parts.append(Part(number, lot.images.counts(), stacks[-1].header))
        header = MixedShard(
            len(named.numbers), len(named.keys), tuple(parts),
            stored.counts() if len(stored) else (),
        )  # fmt: skip
        sections = []
        if named.duplicates:
            sections.append(Section(SectionType.DUPLICATES, job.shard, named.duplicates))
        if arranged:
            places = _places(bins, named.images.members, used, header)
            payload = pack_arrangement(digest, places, header.bins, keep=keep)
            sections.append(Section(SectionType.ARRANGEMENT, job.shard, payload))
        if len(stored):
            given = lying[np.argsort(shard.first_of(job.places)[order[lying]])]
            moved = None if keep or (given == lying).all() else named.images[given]
            payload = pack_stored(stored, moved)
            sections.append(Section(SectionType.STORED, job.shard, payload))
        lies = (bins == STORED)[named.numbers]
        return CodedMixed(header, tuple(sections), tuple(stacks), named.numbers, lies)

    def _stack(
        self, lot: Lot, model: FrozenModel, workers: Workers, progress: Progress
    ) -> CodedShard:
        check_kinds(self.coder, len(lot.images.counts()))
        planned = plan_shard(lot, model, workers, self.options, progress)
        return push_cheapest(
            planned, model, workers, self.options, coder=self.coder, progress=progress
        )


def _places(bins: Ints, members: Ints, used: list[int], header: MixedShard) -> Ints:
    """Which of the shard's bins each image is in: parts in order, then stored classes in order."""
    places = np.empty_like(bins)
    for place, model in enumerate(used):
        places[bins == model] = place
    for place, (number, _) in enumerate(header.stored, len(used)):
        places[(bins == STORED) & (members == number)] = place
    return places
