"""What the head of an .acn file says of one shard of a mixed set, and its fields in the JSON."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from acncodec.container.shard_header import (
    MAX_BATCHES,
    MAX_COUNT,
    ShardHeader,
    coding_from_json,
    coding_to_json,
    counts_from_json,
)
from acncodec.container.strict import Fields, check_int
from acncodec.errors import FormatError

MAX_PARTS: Final = 1 << 16
MAX_SHARD_PARTS: Final = 1 << 8
MAX_ARRANGED: Final = 1 << 24
"""Distinct images of a shard whose images are not all in one bin."""

Counts = tuple[tuple[int, int], ...]
"""(class, how many distinct images of it), by ascending class."""


@dataclass(frozen=True)
class Part:
    """The images of one model, on a stack of their own.

    Attributes:
        model: its number.
        counts: the distinct images of each class.
        coding: how the stack is read; of as many images as there are distinct ones.

    Raises:
        FormatError: a field is out of its range.
    """

    model: int
    counts: Counts
    coding: ShardHeader

    def __post_init__(self) -> None:
        check_int(self.model, "a part's model", 0, MAX_SHARD_PARTS - 1)
        total = check_counts(self.counts, "a part")
        if not total == self.coding.count == self.coding.distinct:
            raise FormatError(f"a part has {total} images, not {self.coding.distinct}")
        if len(self.counts) > 1 and total > MAX_ARRANGED:
            raise FormatError(f"a part of several classes has more than {MAX_ARRANGED} images")

    @property
    def distinct(self) -> int:
        """How many images it has."""
        return self.coding.distinct


@dataclass(frozen=True)
class MixedShard:
    """What is needed to decode one shard.

    Attributes:
        count: images, duplicates included; distinct: how many of them differ.
        parts: modelled images, by ascending model.
        stored: the stored images of each class.

    Raises:
        FormatError: a field is out of its range, or counts do not add up.
    """

    count: int
    distinct: int
    parts: tuple[Part, ...] = ()
    stored: Counts = ()

    def __post_init__(self) -> None:
        check_int(self.count, "a shard's image count", 0, MAX_COUNT)
        check_int(self.distinct, "a shard's distinct images", min(self.count, 1), self.count)
        if len(self.parts) > MAX_SHARD_PARTS:
            raise FormatError(f"a shard has more than {MAX_SHARD_PARTS} parts")
        models = [part.model for part in self.parts]
        if any(after <= before for before, after in pairwise(models)):
            raise FormatError("the models of a shard's parts must ascend")
        check_counts(self.stored, "the stored images", empty=True)
        found = sum(self.bins)
        if found != self.distinct:
            raise FormatError(f"a shard's images sum to {found}, not {self.distinct}")
        if self.is_arranged and self.distinct > MAX_ARRANGED:
            raise FormatError(f"a shard of several bins has more than {MAX_ARRANGED} images")

    @property
    def bins(self) -> tuple[int, ...]:
        """How many distinct images there are in each part, then in each stored class."""
        return (*(part.distinct for part in self.parts), *(count for _, count in self.stored))

    @property
    def is_arranged(self) -> bool:
        """Whether it has an arrangement."""
        return bool(self.stored) or len(self.parts) > 1

    @property
    def stored_count(self) -> int:
        """Distinct images that are stored."""
        return sum(count for _, count in self.stored)


def check_counts(counts: Counts, what: str, *, empty: bool = False) -> int:
    """How many images there are in all. Raises `FormatError` unless classes ascend and each count
    is at least 1."""
    if not counts and not empty:
        raise FormatError(f"{what} has no class of images")
    last = -1
    for number, count in counts:
        check_int(number, "the number of a class", 0, MAX_COUNT)
        check_int(count, "the images of a class", 1, MAX_COUNT)
        if number <= last:
            raise FormatError(f"the classes of {what} must ascend")
        last = number
    return sum(count for _, count in counts)


def mixed_shard_to_json(shard: MixedShard) -> dict[str, object]:
    """The fields of a shard in the header's JSON; those at their default are left out."""
    fields: dict[str, object] = {"n": shard.count}
    if shard.distinct != shard.count:
        fields["u"] = shard.distinct
    if shard.parts:
        fields["g"] = [_part_to_json(part) for part in shard.parts]
    if shard.stored:
        fields["x"] = [list(pair) for pair in shard.stored]
    return fields


def _part_to_json(part: Part) -> dict[str, object]:
    fields = coding_to_json(part.coding)
    if part.model:
        fields["m"] = part.model
    return fields | {"q": [list(pair) for pair in part.counts]}


def mixed_shards_from_json(value: object) -> tuple[MixedShard, ...]:
    """Read the list of shards of the header's JSON. Raises `FormatError` on a malformed one."""
    if not isinstance(value, list):
        raise FormatError(f"the shards must be a list, not {type(value).__name__}")
    batches_left, shards = MAX_BATCHES, []
    for item in value:
        fields = Fields(item, "a shard")
        count, distinct = counts_from_json(fields)
        listed = fields.take("g", ())
        if listed != () and not (isinstance(listed, list) and listed):
            raise FormatError("the parts of a shard must be a list of at least one")
        parts = []
        for entry in listed if isinstance(listed, list) else ():
            parts.append(_part_from_json(entry, batches_left))
            batches_left -= len(parts[-1].coding.sizes)
        stored = fields.take("x", ())
        shard = MixedShard(
            count, distinct, tuple(parts), () if stored == () else _counts_from_json(stored)
        )
        fields.finish()
        shards.append(shard)
    return tuple(shards)


def _part_from_json(value: object, batches_left: int) -> Part:
    fields = Fields(value, "a part")
    model = check_int(fields.take("m", 0), "a part's model", 0, MAX_SHARD_PARTS - 1)
    counts = _counts_from_json(fields.take("q"))
    total = check_int(check_counts(counts, "a part"), "a part's images", 1, MAX_COUNT)
    part = Part(model, counts, coding_from_json(fields, total, total, batches_left))
    fields.finish()
    return part


def _counts_from_json(value: object) -> Counts:
    if not isinstance(value, list) or not value:
        raise FormatError("images by class must be a list of at least one [class, count]")
    pairs = []
    for entry in value:
        if not isinstance(entry, list) or len(entry) != 2:
            raise FormatError("images by class must be a list of [class, count]")
        number, count = entry
        pairs.append(
            (
                check_int(number, "the number of a class", 0, MAX_COUNT),
                check_int(count, "the images of a class", 1, MAX_COUNT),
            )
        )
    return tuple(pairs)
