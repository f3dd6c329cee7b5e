"""What the head of an .acn file says of one shard, and its fields in the header's JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from acncodec.container.runs import pack_runs, unpack_runs
from acncodec.container.strict import Fields, check_bool, check_choice, check_int
from acncodec.container.versions import STRATEGIES
from acncodec.errors import FormatError

MAX_COUNT: Final = (1 << 32) - 1
MAX_SHARDS: Final = 1 << 16
MAX_BATCHES: Final = 1 << 20
MAX_SEED_BLOCKS: Final = 1 << 20
MAX_ALPHA: Final = (1 << 32) - 1
MAX_KERNEL: Final = 1 << 12


@dataclass(frozen=True)
class ShardHeader:
    """What is needed to decode one shard.

    Attributes:
        count: images, duplicates included.
        distinct: distinct images; those are what the stack holds.
        strategy: what the schedule follows: one of `STRATEGIES`.
        permuted: whether the stack holds the permutation back to the original order.
        sizes: batch sizes in decoding order; they sum to `distinct`.
        seed_blocks: 32-byte digest blocks that seed the stack.
        alpha: what the unconditional prior weighs in an `urn`; None for other strategies.
        kernel: what stands for an image in an `urn`: 0 for the prior network's mixture, else
            the standard deviation of a Gaussian, in grid steps.

    Raises:
        FormatError: a field has the wrong type or is out of its range.
    """

    count: int
    distinct: int
    strategy: str
    permuted: bool
    sizes: tuple[int, ...]
    seed_blocks: int
    alpha: int | None = None
    kernel: int = 0

    def __post_init__(self) -> None:
        check_int(self.count, "a shard's image count", 0, MAX_COUNT)
        check_int(self.distinct, "a shard's distinct images", min(self.count, 1), self.count)
        check_choice(self.strategy, "a shard's strategy", tuple(STRATEGIES))
        check_bool(self.permuted, "a shard's `permuted`")
        if type(self.sizes) is not tuple or len(self.sizes) > MAX_BATCHES:
            raise FormatError(f"a shard's batch sizes must be a tuple of at most {MAX_BATCHES}")
        for size in self.sizes:
            check_int(size, "a batch size", 1, self.distinct)
        if sum(self.sizes) != self.distinct:
            raise FormatError(f"the batch sizes sum to {sum(self.sizes)}, not {self.distinct}")
        check_int(self.seed_blocks, "a shard's seed blocks", 1, MAX_SEED_BLOCKS)
        if (self.strategy == "urn") != (self.alpha is not None):
            raise FormatError("a shard must have an alpha if, and only if, it is an urn")
        if self.alpha is not None:
            check_int(self.alpha, "a shard's alpha", 1, MAX_ALPHA)
        check_int(self.kernel, "a shard's kernel", 0, 0 if self.alpha is None else MAX_KERNEL)


def check_plausible(payload: bytes, distinct: int, error: Exception) -> None:
    """Raise `error` where a stack has not a bit for each image, so that a count cannot lie wildly
    (FORMAT.md, 14.1)."""
    if distinct > 8 * len(payload):
        raise error


def coding_to_json(shard: ShardHeader) -> dict[str, object]:
    """The fields that say how a shard's stack is read; those at their default are left out."""
    fields: dict[str, object] = {"t": shard.strategy}
    if shard.permuted:
        fields["p"] = True
    if shard.seed_blocks != 1:
        fields["b"] = shard.seed_blocks
    if shard.alpha is not None:
        fields["w"] = shard.alpha
    if shard.kernel:
        fields["k"] = shard.kernel
    return fields | {"z": pack_runs(shard.sizes)}


def shard_to_json(shard: ShardHeader) -> dict[str, object]:
    """The fields of a shard in the header's JSON; those at their default are left out."""
    fields: dict[str, object] = {"n": shard.count}
    coding = coding_to_json(shard)
    fields["t"] = coding.pop("t")
    if shard.distinct != shard.count:
        fields["u"] = shard.distinct
    return fields | coding


def coding_from_json(
    fields: Fields, count: int, distinct: int, batches_left: int
) -> ShardHeader:  # fmt: skip
    """Take what `coding_to_json` wrote. Raises `FormatError`."""
    strategy = check_choice(fields.take("t"), "a shard's strategy", tuple(STRATEGIES))
    urn = strategy == "urn"
    return ShardHeader(
        count=count,
        distinct=distinct,
        strategy=strategy,
        permuted=check_bool(fields.take("p", False), "a shard's `permuted`"),
        sizes=unpack_runs(fields.take("z"), distinct, batches_left),
        seed_blocks=check_int(fields.take("b", 1), "a shard's seed blocks", 1, MAX_SEED_BLOCKS),
        alpha=check_int(fields.take("w"), "a shard's alpha", 1, MAX_ALPHA) if urn else None,
        kernel=check_int(fields.take("k", 0), "a shard's kernel", 0, MAX_KERNEL) if urn else 0,
    )


def counts_from_json(fields: Fields) -> tuple[int, int]:
    """Take how many images a shard has, and how many distinct ones. Raises `FormatError`."""
    count = check_int(fields.take("n"), "a shard's image count", 0, MAX_COUNT)
    return count, check_int(fields.take("u", count), "a shard's distinct images", 0, count)


def shards_from_json(value: object) -> tuple[ShardHeader, ...]:
    """Read the list of shards of the header's JSON. Raises `FormatError` on a malformed one."""
    if not isinstance(value, list):
        raise FormatError(f"the shards must be a list, not {type(value).__name__}")
    batches_left = MAX_BATCHES
    shards = []
    for item in value:
        fields = Fields(item, "a shard")
        shard = coding_from_json(fields, *counts_from_json(fields), batches_left)
        fields.finish()
        batches_left -= len(shard.sizes)
        shards.append(shard)
    return tuple(shards)
