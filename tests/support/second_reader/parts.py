"""Part of `second_reader`: how the header speaks of a shard and its stacks (3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from second_reader.fields import field, need

Counts = list[tuple[int, int]]
"""Numbers of kinds of images, and how many images there are of each."""


@dataclass(frozen=True)
class Part:
    """Distinct images of one model on one stack: those of a shard, or of a part of it (3.1)."""

    model: int
    counts: Counts
    strategy: str
    permuted: bool
    blocks: int
    runs: list[tuple[int, int]]
    urn: tuple[int, int] | None

    @property
    def distinct(self) -> int:
        return sum(count for _, count in self.counts)

    def batches(self) -> list[int]:
        return [size for size, repeats in self.runs for _ in range(repeats)]


@dataclass(frozen=True)
class Shard:
    """One entry of the header's list of shards."""

    images: int
    distinct: int
    parts: list[Part]
    stored: Counts

    @property
    def arranged(self) -> bool:
        """Whether it has an arrangement (3.1)."""
        return bool(self.stored) or len(self.parts) > 1


def parse_sizes(entry: Any) -> tuple[int, int]:
    """Images of a shard, and distinct ones among them."""
    images = field(entry, "n", int)
    need(0 <= images < 2**32, "header: images of a shard")
    distinct = field(entry, "u", int, images)
    need(min(images, 1) <= distinct <= images, "header: distinct images of a shard")
    return images, distinct


def parse_shard(entry: Any, order: str) -> Shard:
    """A shard of an ordinary archive: all of it is one part."""
    images, distinct = parse_sizes(entry)
    return Shard(images, distinct, [parse_part(entry, order, 0, [(0, distinct)])], [])


def parse_part(entry: Any, order: str, model: int, counts: Counts) -> Part:
    distinct = sum(count for _, count in counts)
    strategy, permuted = field(entry, "t", str), field(entry, "p", bool, False)
    blocks = field(entry, "b", int, 1)
    need(strategy in ("iid", "tour", "set", "urn"), "header: strategy")
    need(strategy not in ("set", "urn") or order == "any", "header: a set in `keep`")
    urn = None
    if strategy == "urn":
        urn = field(entry, "w", int), field(entry, "k", int, 0)
        need(1 <= urn[0] < 2**32 and 0 <= urn[1] <= 4096, "header: an urn's numbers")
        need(distinct <= 2**17, "header: an urn of too many images")
    need(strategy != "set" or distinct <= 2**24, "header: a set of too many images")
    need(not permuted or (order == "keep" and distinct <= 2**24), "header: a permutation")
    need(1 <= blocks <= 2**20, "header: blocks of the seed")
    runs = []
    for run in field(entry, "z", list):
        if type(run) is int:
            runs.append((run, 1))
        else:
            need(type(run) is list and [type(n) for n in run] == [int, int], "header: runs")
            need(run[1] >= 2, "header: a run that repeats not")
            runs.append((run[0], run[1]))
    need(not entry, "header: an unknown key in a shard")
    need(all(1 <= size <= 512 for size, _ in runs), "header: size of a batch")
    need(sum(size * repeats for size, repeats in runs) == distinct, "header: sum of the batches")
    need(sum(repeats for _, repeats in runs) <= 2**20, "header: too many batches")
    part = Part(model, counts, strategy, permuted, blocks, runs, urn)
    sizes = part.batches()
    if strategy == "tour":
        limits = [2 * size for size in sizes[:1]] + sizes[1:]
        need(all(b <= a for a, b in zip(limits, sizes[1:], strict=False)), "header: tour")
    return part
