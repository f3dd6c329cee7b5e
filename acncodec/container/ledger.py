"""Where the bits of a file are, each once: their sum is the file's length."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from acncodec.container.headers import AnyHeader
from acncodec.container.mixed_header import MixedHeader
from acncodec.container.sections import FRAME_BYTES, Section, SectionInfo, SectionType
from acncodec.container.shard_header import ShardHeader
from acncodec.container.versions import UNORDERED
from acncodec.stack.orders import permutation_bits

DIGEST_BITS = 256
_PLAIN = {
    SectionType.DUPLICATES: "duplicates",
    SectionType.SIDE: "side",
    SectionType.LABELS: "labels",
    SectionType.STORED: "stored",
    SectionType.MODEL: "model",
}


@dataclass(frozen=True)
class Ledger:
    """Bits of a file, or of a part of one.

    Attributes:
        latents: what latents cost, bits-back subtracted.
        choices: what the choice among images gives back where their order is free; not positive.
        order: of images that come back in their order, and which image is of which class or bin.
        pixels: given latents.
        rounding: what the coder needs beyond these: its last words, and bits it cannot divide.
        images: latents, pixels and rounding together, where nobody has told them apart.
        seed: digests, at the bottom of stacks and in arrangements.
        stored: images that were stored.
        duplicates: which images are there more than once.
        header: of the file.
        frames: what stands around sections.
        side: arrays beside the images.
        labels: those of them that are coded given the images.
        model: one that the file carries.
    """

    latents: float = 0.0
    choices: float = 0.0
    order: float = 0.0
    pixels: float = 0.0
    rounding: float = 0.0
    images: float = 0.0
    seed: float = 0.0
    stored: float = 0.0
    duplicates: float = 0.0
    header: float = 0.0
    frames: float = 0.0
    side: float = 0.0
    labels: float = 0.0
    model: float = 0.0

    def to_json(self) -> dict[str, float]:
        """A dictionary of plain values."""
        return asdict(self)

    @property
    def total(self) -> float:
        """All bits."""
        return math.fsum(asdict(self).values())

    def __add__(self, other: Ledger) -> Ledger:
        names = [field.name for field in fields(self)]
        return Ledger(**{name: getattr(self, name) + getattr(other, name) for name in names})


AnySection = Section | SectionInfo


def file_ledger(header: AnyHeader, sections: Sequence[AnySection], file_bytes: int) -> Ledger:
    """What a file of `file_bytes` says without its stacks being read: the order by its worth."""
    found = [section for section in sections if section.kind == SectionType.STACK]
    stacks = (
        _looked_at(*stack, section.file_bytes - FRAME_BYTES)
        for stack, section in zip(_stacks(header), found, strict=True)
    )
    return sum(stacks, beside_stacks(sections, file_bytes))


def _stacks(header: AnyHeader) -> list[tuple[ShardHeader, list[int]]]:
    """How each stack is read, and how many of its images there are of each class."""
    if isinstance(header, MixedHeader):
        parts = [part for shard in header.shards for part in shard.parts]
        return [(part.coding, [count for _, count in part.counts]) for part in parts]
    return [(shard, [shard.distinct]) for shard in header.shards]


def beside_stacks(sections: Sequence[AnySection], file_bytes: int) -> Ledger:
    """All but the stacks."""
    bits = dict.fromkeys(_PLAIN.values(), 0.0)
    order = seed = 0.0
    for section in sections:
        payload = 8.0 * (section.file_bytes - FRAME_BYTES)
        if section.kind == SectionType.ARRANGEMENT:
            seed += DIGEST_BITS
            order += payload - DIGEST_BITS
        elif section.kind != SectionType.STACK:
            bits[_PLAIN[SectionType(section.kind)]] += payload
    inside = sum(section.file_bytes for section in sections)
    return Ledger(
        order=order, seed=seed, header=8.0 * (file_bytes - inside),
        frames=8.0 * FRAME_BYTES * len(sections), **bits,
    )  # fmt: skip


def _looked_at(coding: ShardHeader, counts: Sequence[int], nbytes: int) -> Ledger:
    worth = permutation_bits(coding.distinct)
    order = worth - sum(map(permutation_bits, counts)) + (worth if coding.permuted else 0.0)
    choices = -worth if coding.strategy in UNORDERED else 0.0
    seed = float(DIGEST_BITS * coding.seed_blocks)
    images = 8 * nbytes - seed - order - choices
    return Ledger(order=order, choices=choices, seed=seed, images=images)
