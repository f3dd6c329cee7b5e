"""The ledger of a file: every bit once, as far as the file alone can tell."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from acncodec.container import (
    FRAME_BYTES,
    Header,
    MixedHeader,
    SectionType,
    read_archive,
    read_header,
)
from acncodec.container.ledger import DIGEST_BITS, Ledger, file_ledger
from acncodec.container.versions import UNORDERED
from acncodec.ordering.strategies import STRATEGIES

GOLDEN = Path(__file__).parent.parent / "golden"
FILES = sorted(GOLDEN.glob("v*/*.acn"))


def ledger_of(path: Path) -> Ledger:
    info = read_header(path)
    return file_ledger(info.header, info.sections, info.file_bytes)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_bits_of_a_file_are_its_length(path: Path) -> None:
    found, archive = ledger_of(path), read_archive(path)
    assert found.total == pytest.approx(8 * path.stat().st_size, abs=1e-6)
    sizes = dict.fromkeys(SectionType, 0)
    for section in archive.sections:
        sizes[SectionType(section.kind)] += 8 * len(section.payload)
    for kind, bits in (
        (SectionType.DUPLICATES, found.duplicates), (SectionType.SIDE, found.side),
        (SectionType.LABELS, found.labels), (SectionType.STORED, found.stored),
        (SectionType.MODEL, found.model),
    ):  # fmt: skip
        assert bits == sizes[kind]
    assert found.frames == 8 * FRAME_BYTES * len(archive.sections)
    content = path.read_bytes()
    assert found.header == 8 * content.index(archive.sections[0].payload) - 8 * 11
    header = archive.header
    codings = header.shards
    if isinstance(header, MixedHeader):
        codings = tuple(part.coding for shard in header.shards for part in shard.parts)
    arranged = sum(section.kind == SectionType.ARRANGEMENT for section in archive.sections)
    blocks = sum(coding.seed_blocks for coding in codings) + arranged
    assert found.seed == DIGEST_BITS * blocks
    stacks = sizes[SectionType.STACK] + sizes[SectionType.ARRANGEMENT]
    assert found.images + found.order + found.choices == pytest.approx(stacks - found.seed)
    worth = sum(math.lgamma(coding.distinct + 1) / math.log(2) for coding in codings)
    if all(coding.strategy in UNORDERED for coding in codings) and codings:
        assert found.choices == pytest.approx(-worth)
    if isinstance(header, Header) and all(coding.permuted for coding in codings):
        assert found.order == pytest.approx(worth)


def test_ledgers_add_up() -> None:
    one, other = Ledger(pixels=3.0, seed=256.0), Ledger(pixels=1.5, choices=-2.0)
    assert one + other == Ledger(pixels=4.5, choices=-2.0, seed=256.0)
    assert (one + other).total == one.total + other.total == 258.5


def test_these_strategies_give_the_order_up() -> None:
    assert {name for name, one in STRATEGIES.items() if one.gives_up_order} == UNORDERED
