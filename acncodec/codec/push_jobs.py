"""A shard of a set of one shape as a job: first the strategy of all is decided, then each is coded.

What the jobs have in common and a job itself can be pickled: images that lie on the disk go as
their path and their fingerprints, and the model as its id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from acncodec.codec.options import CompressOptions
from acncodec.container.stored_costs import stored_costs
from acncodec.contracts.image_kind import ImageKind, Shape
from acncodec.images.excerpt import Excerpt
from acncodec.images.spec import Levels
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.plan import CodingPlan, PlanOptions, Task
from acncodec.ordering.strategies import STRATEGIES
from acncodec.run.executor import Jobs
from acncodec.run.progress import Progress
from acncodec.run.workers import Workers
from acncodec.shards.arrange import Arrangement, Shards, arrange_images
from acncodec.shards.push import CodedShard, PlannedShard, plan_shard, push_cheapest


@dataclass(frozen=True, eq=False)
class SentPlan:
    """What was planned for a shard, without its images and without the prices of a model."""

    codes: NDArray[np.int64]
    gain: float
    options: PlanOptions
    plan: CodingPlan

    @classmethod
    def of(cls, planned: PlannedShard[Arrangement]) -> SentPlan:
        """That of a shard."""
        task = planned.task
        return cls(task.codes, task.gain, task.options, planned.plan)

    def again(self, arranged: Arrangement, model: FrozenModel) -> PlannedShard[Arrangement]:
        """The shard, planned so, with its images and its model at hand."""
        task = Task(model.latents.prices(), self.codes, self.gain, self.options)
        return PlannedShard(arranged, task, self.plan)


@dataclass(frozen=True, eq=False)
class PushJob:
    """A shard: its images, and what was planned for it, if something was."""

    shard: int
    images: Excerpt[Levels]
    planned: PlannedShard[Arrangement] | SentPlan | None = None

    def sent(self, *, carrying: bool) -> Self:
        """As a job that is done elsewhere."""
        planned = self.planned
        return replace(
            self, images=self.images.sent(carrying=carrying),
            planned=SentPlan.of(planned) if isinstance(planned, PlannedShard) else planned,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class PushShards:
    """Codes shards. shape, levels: of all images; model: the id of theirs; strategy: that of all
    that are not too large for it; weigh: whether to find out what images would cost if they were
    stored (`CodedShard.stored_bits`)."""

    shape: Shape
    levels: int
    model: bytes
    planning: PlanOptions
    coder: str
    strategy: str
    weigh: bool

    def __call__(
        self, job: PushJob, models: Mapping[bytes, FrozenModel], workers: Workers,
        progress: Progress,
    ) -> CodedShard:  # fmt: skip
        """Code one shard."""
        model = models[self.model]
        planned = self._planned(job, model, workers, progress)
        coded = push_cheapest(
            planned, model, workers, self.planning, coder=self.coder, progress=progress
        )
        pixels = planned.arranged.pixels
        if not self.weigh or coded.image_bits is None or not len(pixels):
            return coded
        return replace(coded, stored_bits=stored_costs(list(pixels), self.levels))

    def _planned(
        self, job: PushJob, model: FrozenModel, workers: Workers, progress: Progress
    ) -> PlannedShard[Arrangement]:
        if isinstance(job.planned, PlannedShard):
            return job.planned
        kind = ImageKind.of(self.shape, self.levels)
        arranged = arrange_images(job.images.read(), kind, self.planning.keep)
        if job.planned is not None:
            return job.planned.again(arranged, model)
        options = self.planning
        if STRATEGIES[self.strategy].takes(len(arranged.pixels)):  # else it is chosen anew
            options = replace(options, ordering=self.strategy)
        return plan_shard(arranged, model, workers, options, progress)


def decide(
    shards: Shards, model: FrozenModel, options: CompressOptions, workers: Workers,
    progress: Progress,
) -> PlannedShard[Arrangement]:  # fmt: skip
    """The plan of the first shard, at which `auto` looks, and whose strategy all others follow."""
    arranged = arrange_images(shards.excerpt(0).read(), shards.kind, options.planning.keep)
    return plan_shard(arranged, model, workers, options.planning, progress)


def push_jobs(shards: Shards, first: PlannedShard[Arrangement]) -> Jobs[PushJob]:
    """All shards, of which the first was planned."""
    return Jobs(
        lambda index: PushJob(index, shards.excerpt(index), None if index else first), len(shards)
    )
