"""An archive that was made, before it is written: where its bytes and its bits go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from acncodec.container import AnyHeader, ArchiveBytes, Section, archive_bytes
from acncodec.container.ledger import DIGEST_BITS, Ledger, beside_stacks
from acncodec.shards.push import CodedShard


@dataclass(frozen=True, eq=False)
class Made:
    """Its header, its sections, and the stacks among them, in the order of the file."""

    header: AnyHeader
    sections: Sequence[Section]
    stacks: Sequence[CodedShard]

    @property
    def sizes(self) -> ArchiveBytes:
        """Where its bytes go, sections with their frames."""
        return archive_bytes(self.header, self.sections)

    @property
    def ledger(self) -> Ledger:
        """Where its bits go."""
        beside = beside_stacks(self.sections, self.sizes.total)
        return sum(map(stack_ledger, self.stacks), beside)


def stack_ledger(coded: CodedShard) -> Ledger:
    """Where the bits of a stack go."""
    tally, seed = coded.tally, float(DIGEST_BITS * coded.header.seed_blocks)
    return Ledger(
        latents=tally.latent_bits, choices=tally.choice_bits, order=tally.order_bits,
        pixels=tally.pixel_bits, seed=seed,
        rounding=8 * len(coded.payload) - seed - coded.ideal_bits,
    )  # fmt: skip
