"""What an archive asks for is known from its header and its models."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import mixed_sets
import pytest
from level_sets import level_set, tiny_resnet
from reading import decoded, npz_of, opened, part_of, salvaged, verified

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec import demand as module
from acncodec.codec.compress_mixed import code_assigned
from acncodec.codec.demand import (
    BYTES_A_REPEAT,
    Demand,
    check_demand,
    demand_of,
    excess,
)
from acncodec.container import read_header
from acncodec.errors import TooLargeError
from acncodec.models.work import MAX_PIXELS, Work, stack_work
from acncodec.run.settings import Run

MODEL = tiny_resnet(1)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """12 grey images of 6 x 5, two of which come again, in three shards."""
    path = tmp_path / "a.acn"
    with path.open("wb") as file:
        compress_dataset(level_set("grey", 10, 3), MODEL, CompressOptions(shard_size=5), file)
    return path


def test_of_a_set_of_one_shape_it_is_that_of_its_shards(archive: Path) -> None:
    info = read_header(archive)
    shards = info.header.shards
    assert [shard.count for shard in shards] == [5, 5, 2]
    distinct = sum(shard.distinct for shard in info.uniform.shards)
    whole = demand_of(info.header, info.file_bytes, [MODEL])
    assert (whole.largest, whole.nbytes, whole.file_bytes) == (30, 12 * 30, info.file_bytes)
    assert whole.repeats == 12 - distinct
    assert whole.work.macs == distinct * MODEL.macs_of((6, 5))
    parts = [demand_of(info.header, info.file_bytes, [MODEL], [index]) for index in range(3)]
    assert sum((part.work for part in parts), Work()) == whole.work
    assert sum(part.nbytes for part in parts) == whole.nbytes
    assert demand_of(info.header, info.file_bytes).work == Work()


def test_of_a_mixed_set_stored_images_count_but_for_the_work(tmp_path: Path) -> None:
    data, models = mixed_sets.mixed_set(), mixed_sets.models()
    made = code_assigned(data, mixed_sets.by_channels, models, CompressOptions())
    (tmp_path / "a.acn").write_bytes(made.data)
    info = read_header(tmp_path / "a.acn")
    found = demand_of(info.header, info.file_bytes, models)
    assert found.largest == 9 * 4
    counts = data.images.counts()
    assert found.nbytes >= sum(data.images.classes[one].image_bytes * n for one, n in counts)
    modelled = Work()
    for part in info.header.shards[0].parts:
        shapes = [(info.header.classes[number].shape, n) for number, n in part.counts]
        modelled += stack_work(models[part.model], shapes, part.coding.sizes)
    assert found.work == modelled != Work()


def test_repeats_are_no_less_than_what_it_takes_to_know_them(tmp_path: Path) -> None:
    """Very many images, of which next to all repeat others: a few bytes say so."""
    with (tmp_path / "a.acn").open("wb") as file:
        compress_dataset(level_set("grey", 4, 3, 1, 1), MODEL, CompressOptions(), file)
    header = read_header(tmp_path / "a.acn").uniform
    count = 1 << 30
    many = replace(header, shards=(replace(header.shards[0], count=count),))
    found = demand_of(many, 1 << 14)
    distinct = header.shards[0].distinct
    assert distinct == 4 and (found.nbytes, found.repeats) == (count, count - distinct)
    assert BYTES_A_REPEAT * found.repeats > found.nbytes == 1 << 30
    with pytest.raises(TooLargeError, match="1,073,741,820 repeated images in 16,384 bytes"):
        check_demand(found)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Demand(MAX_PIXELS + 1, 1, Work(), 1 << 40), "an image of 67,108,865 pixels"),
        (Demand(1, (1 << 30) + 1, Work(), 16_384), "images of 1,073,741,825 bytes"),
        (Demand(1, 1, Work(macs=10**12 + 1), 999), "multiply-adds"),
        (Demand(1, 1, Work(steps=5 * 10**6), 999), "takes about 100 s"),
    ],
)
def test_what_is_too_much_is_refused_unless_allowed(asked: Demand, words: str) -> None:
    with pytest.raises(TooLargeError, match=words):
        check_demand(asked)
    assert words in (excess(asked) or "")
    check_demand(asked, allow_large=True)


def test_what_a_file_is_worth_is_not_refused() -> None:
    for asked in (
        Demand(MAX_PIXELS, 1 << 30, Work(), 0),
        Demand(1, (1 << 30) + 1, Work(), 16_385),
        Demand(1, 1, Work(macs=10**12 + 1), 1001),
        Demand(1, 1, Work(steps=5 * 10**6), 15_001),
    ):
        check_demand(asked)
        assert excess(asked) is None


def one_image(archive: Path, run: Run) -> None:
    with opened(archive, MODEL, run) as reading:
        reading[3]


def test_every_door_asks(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PIXELS", 29)
    doors = {
        "read": lambda run: decoded(archive, [MODEL], run),
        "verify": lambda run: verified(archive, [MODEL], run),
        "npz": lambda run: npz_of(archive, [MODEL], io.BytesIO(), run),
        "range": lambda run: part_of(archive, [MODEL], 1, 3, run),
        "salvage": lambda run: salvaged(archive, [MODEL], run),
        "an image": lambda run: one_image(archive, run),
    }
    for door in doors.values():
        with pytest.raises(TooLargeError, match="an image of 30 pixels"):
            door(Run(1))
        door(Run(1, allow_large=True))


def test_a_range_asks_for_its_shards_alone(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FREE_BYTES", 10 * 30)
    monkeypatch.setattr(module, "BYTES_A_BYTE", 0)
    assert part_of(archive, [MODEL], 0, 10, Run(1))[0].count == 10
    with pytest.raises(TooLargeError, match="images of 360 bytes"):
        part_of(archive, [MODEL], 0, 11, Run(1))


def test_a_writer_makes_nothing_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("acncodec.models.work.FREE_MACS", 10)
    monkeypatch.setattr("acncodec.models.work.MACS_A_BYTE", 0)
    data, file = level_set("grey", 10, 3), io.BytesIO()
    with pytest.raises(TooLargeError, match="multiply-adds"):
        compress_dataset(data, MODEL, CompressOptions(), file)
    assert not file.getvalue()
    compress_dataset(data, MODEL, CompressOptions(allow_large=True), file)
    assert file.getvalue()


def test_who_reads_is_told_how_long_it_takes(archive: Path) -> None:
    told: list[float] = []
    with opened(archive, MODEL, Run(3, announce=told.append)) as reading:
        whole = demand_of(reading.header, archive.stat().st_size, [MODEL])
        reading.verify()
        reading.part(0, 2)
    assert told[0] == whole.work.seconds(3) and 0 < told[1] < told[0]
