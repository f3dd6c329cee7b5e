"""What an archive asks of whoever reads it, from its header and its models: looked at before
anything is decoded.

A few bytes may ask for images that no disk holds, or for hours: such an archive is refused unless
its reader says that it may be large.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from acncodec.container import AnyHeader, Header, MixedHeader, MixedShard, ShardHeader
from acncodec.errors import TooLargeError
from acncodec.models.frozen import FrozenModel
from acncodec.models.work import HINT, MAX_PIXELS, Work, check_work, stack_work

FREE_BYTES: Final = 1 << 30
"""Bytes of images, repeated ones counted again, that an archive may give, however short it is."""
BYTES_A_BYTE: Final = 1 << 16
"""And for each byte of it."""
BYTES_A_REPEAT: Final = 40
"""What knowing an image takes that repeats another, beside that image: five integers."""


@dataclass(frozen=True)
class Demand:
    """What reading some shards asks for.

    Attributes:
        largest: pixels (height times width) of the largest image.
        nbytes: level indexes of all images, repeated ones too.
        work: what decoding takes; nothing where the models are not known.
        file_bytes: of the whole file.
        repeats: images that repeat others, among all.
    """

    largest: int
    nbytes: int
    work: Work
    file_bytes: int
    repeats: int = 0


def demand_of(
    header: AnyHeader, file_bytes: int, models: Sequence[FrozenModel] = (),
    shards: Collection[int] | None = None,
) -> Demand:  # fmt: skip
    """What reading an archive asks for.

    Args:
        header: of the archive.
        file_bytes: its length.
        models: those that the header names, in its order; without them there is no work.
        shards: those that are read; all by default.
    """
    chosen = range(len(header.shards)) if shards is None else shards
    if isinstance(header, MixedHeader):
        return _of_mixed(header, file_bytes, models, [header.shards[index] for index in chosen])
    return _of_uniform(header, file_bytes, models, chosen)


def _of_uniform(
    header: Header, file_bytes: int, models: Sequence[FrozenModel], chosen: Collection[int]
) -> Demand:
    shards = [header.shards[index] for index in chosen]
    count = sum(shard.count for shard in shards)
    work = Work()
    for model in models[:1]:
        for shard in shards:
            work += stack_work(model, [(header.shape, shard.distinct)], shard.sizes)
    pixels = header.shape[1] * header.shape[2]
    repeats = sum(map(repeats_in, shards))
    return Demand(
        pixels if count else 0, count * header.image_bytes, work, file_bytes, repeats
    )  # fmt: skip


def _of_mixed(
    header: MixedHeader, file_bytes: int, models: Sequence[FrozenModel], shards: list[MixedShard]
) -> Demand:
    largest, work = 0, Work()
    for shard in shards:
        for counts in (shard.stored, *(part.counts for part in shard.parts)):
            sizes = (header.classes[number].shape[1:] for number, _ in counts)
            largest = max(largest, *(height * width for height, width in sizes), 0)
        for part in shard.parts if models else ():
            shapes = [(header.classes[number].shape, count) for number, count in part.counts]
            work += stack_work(models[part.model], shapes, part.coding.sizes)
    nbytes, repeats = sum(map(header.shard_bytes, shards)), sum(map(repeats_in, shards))
    return Demand(largest, nbytes, work, file_bytes, repeats)


def repeats_in(shard: ShardHeader | MixedShard) -> int:
    """How many images of a shard repeat others."""
    return shard.count - shard.distinct


def check_demand(demand: Demand, allow_large: bool = False) -> None:
    """Raise `TooLargeError` for more than a file is worth, unless it may be large."""
    if allow_large:
        return
    if demand.largest > MAX_PIXELS:
        raise TooLargeError(
            f"an image of {demand.largest:,} pixels; {MAX_PIXELS:,} is the most: {HINT}"
        )
    most = max(FREE_BYTES, BYTES_A_BYTE * demand.file_bytes)
    for nbytes, what in (
        (demand.nbytes, f"images of {demand.nbytes:,} bytes"),
        (BYTES_A_REPEAT * demand.repeats, f"{demand.repeats:,} repeated images"),
    ):
        if nbytes > most:
            raise TooLargeError(f"{what} in {demand.file_bytes:,} bytes: {HINT}")
    check_work(demand.work, demand.file_bytes)


def excess(demand: Demand) -> str | None:
    """Why a reader would refuse to decode so much, or None."""
    try:
        check_demand(demand)
    except TooLargeError as error:
        return str(error)
    return None
