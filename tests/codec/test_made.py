"""The ledger of a file that was just made: every bit once, and what each of them is for."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import Any

import mixed_sets
import numpy as np
import pytest
from level_sets import level_set, model_of
from tiny import blobs

from acncodec.codec import CompressOptions, CompressStats, compress_dataset
from acncodec.codec.compress_mixed import code_assigned
from acncodec.container import read_header
from acncodec.container.ledger import Ledger, file_ledger
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel

SPEC = ImageSpec("x", "uint8", "nhw", (0, 255))
LAST_WORDS = 64
"""Bits by which the words of a stack of `ans` may exceed its seed and what was pushed."""
STACKS = {"shapes": 1, "encoded": 1, "mixed": 2, "shards": 2, "patches": 2, "relatives": 1}
"""Of a mixed set of a kind, where it has some."""


def dataset(count: int = 60) -> DataSet:
    """Images with repeats, a label each that follows from the image, and a note."""
    pixels = blobs(6, 8)[np.arange(count) % 6] ^ blobs(count, 3)
    pixels[[7, 8, 41]] = pixels[[2, 2, 0]]
    labels = SideArray("y", (np.arange(count) % 6).astype(np.int16), aligned=True)
    return DataSet(pixels, SPEC, (labels, SideArray("note", np.array(["kept"]), aligned=False)))


def check(stats: CompressStats, data: bytes, stacks: int) -> Ledger:
    """What holds of every file."""
    ledger = stats.ledger_bits
    assert ledger.total == pytest.approx(8 * len(data), abs=1e-6)
    assert stats.to_json()["ledger_bits"]["pixels"] == ledger.pixels
    info = read_header(io.BytesIO(data))
    seen = file_ledger(info.header, info.sections, info.file_bytes)
    coded = ledger.latents + ledger.pixels + ledger.rounding
    assert ledger.images == 0.0 and seen.images == pytest.approx(coded, abs=1.0)
    assert seen.order == pytest.approx(ledger.order, abs=1.0)
    assert seen.choices == pytest.approx(ledger.choices, abs=1.0)
    for name in ("seed", "stored", "duplicates", "header", "frames", "side", "labels", "model"):
        assert getattr(seen, name) == getattr(ledger, name), name
    assert 0.0 < ledger.rounding <= LAST_WORDS * stacks or not stacks
    return ledger


@pytest.mark.parametrize("shard_size", [None, 25])
@pytest.mark.parametrize(
    ("order", "ordering"),
    [("keep", "iid"), ("keep", "tour"), ("any", "iid"), ("any", "set"), ("any", "urn")],
)
def test_every_bit_is_there_once(
    tiny_model: FrozenModel, order: str, ordering: str, shard_size: int | None
) -> None:
    file = io.BytesIO()
    options = CompressOptions(order, ordering, threads=1, shard_size=shard_size)
    stats = compress_dataset(dataset(), tiny_model, options, file)
    stacks = len(read_header(io.BytesIO(file.getvalue())).header.shards)
    ledger = check(stats, file.getvalue(), stacks)
    assert ledger.pixels > 0.0 and ledger.duplicates > 0.0 and ledger.side > 0.0
    assert (ledger.choices < 0.0) == (ordering in ("set", "urn"))
    assert (ledger.order > 0.0) == (ordering == "tour")
    nats = math.log(2) / stats.images
    assert stats.kl_nats_per_image == pytest.approx(ledger.latents * nats)
    assert stats.reconstruction_nats_per_image == pytest.approx(ledger.pixels * nats)


def test_no_image_is_no_bit_of_images(tiny_model: FrozenModel) -> None:
    file = io.BytesIO()
    none = DataSet(np.zeros((0, 1, 8, 8), np.uint8), replace(SPEC, position=0))
    stats = compress_dataset(none, tiny_model, CompressOptions(), file)
    ledger = check(stats, file.getvalue(), 1)
    assert ledger.pixels == ledger.latents == ledger.order == ledger.choices == 0.0


@pytest.mark.parametrize("options", [{"embed": True}, {"order": "any"}])
def test_a_model_in_the_file_is_told(options: dict[str, Any]) -> None:
    file = io.BytesIO()
    stats = compress_dataset(
        level_set("grey", 12, 1), model_of("grey"), CompressOptions(**options), file
    )
    assert (check(stats, file.getvalue(), 1).model > 0.0) == ("embed" in options)


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("kind", sorted(mixed_sets.ASSIGNED))
def test_every_bit_of_a_mixed_set_is_there_once(kind: str, order: str) -> None:
    data, models = mixed_sets.SETS[kind](), mixed_sets.models(kind)
    options = CompressOptions(order, "iid", threads=1, shard_size=mixed_sets.SHARDS.get(kind))
    made = code_assigned(data, mixed_sets.ASSIGNED[kind], models, options)
    stacks = STACKS.get(kind, 0)
    ledger = check(made.stats, made.data, stacks)
    assert (ledger.stored > 0.0) == (kind not in ("shapes", "encoded"))
    assert (ledger.pixels > 0.0) == (stacks > 0)
