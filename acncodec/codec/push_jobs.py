"""A shard of a set of one shape as a job: first the strategy of all is decided, then each is coded.

What the jobs have in common and a job itself can be pickled: a data set that lies on the disk goes
as its path and its fingerprints.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from acncodec.codec.options import CompressOptions
from acncodec.container.stored_costs import stored_costs
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Progress
from acncodec.run.workers import Workers
from acncodec.shards.arrange import Arrangement, Shards
from acncodec.shards.push import CodedShard, PlannedShard, plan_shard, push_cheapest


@dataclass(frozen=True, eq=False)
class PushJob:
    """A shard, and what was planned for it, if something was."""

    shard: int
    planned: PlannedShard[Arrangement] | None = None


@dataclass(frozen=True, eq=False)
class PushShards:
    """Codes shards. strategy: that of all; weigh: whether to find out what images would cost if
    they were stored (`CodedShard.stored_bits`)."""

    shards: Shards
    model: FrozenModel
    options: CompressOptions
    strategy: str
    weigh: bool

    def __call__(self, job: PushJob, workers: Workers, progress: Progress) -> CodedShard:
        """Code one shard."""
        options, planned = self.options, job.planned
        if planned is None:
            alike = replace(options.planning, ordering=self.strategy)
            arranged = self.shards.arrange(job.shard)
            planned = plan_shard(arranged, self.model, workers, alike, progress)
        coded = push_cheapest(
            planned, self.model, workers, options.planning, coder=options.coder, progress=progress
        )
        pixels = planned.arranged.pixels
        if not self.weigh or coded.image_bits is None or not len(pixels):
            return coded
        return replace(coded, stored_bits=stored_costs(list(pixels), self.shards.levels))


def decide(
    shards: Shards, model: FrozenModel, options: CompressOptions, workers: Workers,
    progress: Progress,
) -> PlannedShard[Arrangement]:  # fmt: skip
    """The plan of the first shard, at which `auto` looks, and whose strategy all others follow."""
    return plan_shard(shards.arrange(0), model, workers, options.planning, progress)


def push_jobs(
    shards: Shards, first: PlannedShard[Arrangement]
) -> list[PushJob]:  # fmt: skip
    """All shards, of which the first was planned."""
    return [PushJob(0, first), *(PushJob(index) for index in range(1, len(shards)))]
