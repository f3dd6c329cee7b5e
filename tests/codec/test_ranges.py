"""Random access: the range equals the slice, and no more is decoded or read than it needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from reading import decoded, part_of
from tiny import blobs

from acncodec.codec import CompressOptions, ShardPart, compress_dataset
from acncodec.codec.compare import same_entries, same_types
from acncodec.container import SectionType, read_header
from acncodec.errors import CorruptionError, DataError, FormatError, ModelError
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel

SPEC = ImageSpec("x", "uint8", "nhw", (0, 255), 1)
COUNT = 90
RANGES = [(0, 1), (17, 17), (None, 25), (61, None), (28, 63)]


def dataset(kinds: int | None = None) -> DataSet:
    """Images with repeats, a row for each, and a note; with `kinds`, rows that are labels."""
    pixels = blobs(COUNT, 3)
    pixels[[7, 8, 41, 88]] = pixels[[2, 2, 40, 0]]
    rows = np.random.default_rng(0).normal(size=(COUNT, 2))
    about = rows if kinds is None else np.arange(COUNT, dtype=np.int64) // (COUNT // kinds)
    note = SideArray("note", np.array(["kept", "whole"]), aligned=False)
    return DataSet(pixels, SPEC, (SideArray("y", about, aligned=True), note))


def packed(
    data: DataSet, model: FrozenModel, folder: Path, order: str, ordering: str, size: int | None
) -> Path:
    path = folder / "a.acn"
    with path.open("wb") as file:
        options = CompressOptions(order, ordering, threads=1, shard_size=size)
        compress_dataset(data, model, options, file)
    return path


def assert_slice(
    part: DataSet, whole: DataSet, start: int | None, stop: int | None
) -> NDArray[np.uint8]:
    """`part` is `whole`, sliced: images and aligned rows; what is not aligned is there whole."""
    side = tuple(
        replace(entry, array=entry.array[start:stop]) if entry.aligned else entry
        for entry in whole.side
    )
    assert np.array_equal(part.pixels, whole.pixels[start:stop])
    assert part.spec == whole.spec and part.array_bytes == part.pixels.nbytes
    assert same_types(part.side, side) and same_entries(part.side, side)
    return part.pixels


@pytest.mark.parametrize(("size", "threads"), [(None, 1), (30, 2)])
@pytest.mark.parametrize(
    ("order", "ordering"),
    [("keep", "iid"), ("keep", "tour"), *(("any", name) for name in ("iid", "tour", "set", "urn"))],
)
def test_a_range_is_the_slice_of_the_whole(
    tiny_model: FrozenModel, tmp_path: Path, order: str, ordering: str, size: int | None,
    threads: int,
) -> None:  # fmt: skip
    path = packed(dataset(), tiny_model, tmp_path, order, ordering, size)
    whole = decoded(path, tiny_model, threads=1)
    for start, stop in RANGES:
        part, checks = part_of(path, tiny_model, start, stop, threads, 64)
        assert_slice(part, whole, start, stop)
        assert all(check.is_verified for check in checks) or order == "keep"


def test_images_alone(tiny_model: FrozenModel, tmp_path: Path) -> None:
    path = packed(dataset(), tiny_model, tmp_path, "keep", "iid", 45)
    whole = decoded(path, tiny_model, threads=1)
    for row in (*range(10), 39, 40, 41, 44, 45, 88, 89):
        part, (check,) = part_of(path, tiny_model, row, row + 1, 1)
        assert_slice(part, whole, row, row + 1)
        assert check.shard == row // 45


def test_no_more_is_decoded_than_is_needed(tiny_model: FrozenModel, tmp_path: Path) -> None:
    path = packed(dataset(), tiny_model, tmp_path, "keep", "iid", 45)
    first, second = read_header(path).header.shards
    assert len(first.sizes) > 2
    # Two images of the first shard show its third image once more, two others are distinct.
    _, (check,) = part_of(path, tiny_model, 7, 9)
    assert check == ShardPart(0, first.sizes[0], first.distinct) and not check.is_verified
    _, checks = part_of(path, tiny_model, 44, 46)
    assert checks == (
        ShardPart(0, first.distinct, first.distinct),
        ShardPart(1, second.sizes[0], second.distinct),
    )
    assert part_of(path, tiny_model, 45, 45)[1] == ()


def test_labels_that_are_coded_given_the_images_need_them_all(
    copying_model: FrozenModel, tmp_path: Path
) -> None:
    rng = np.random.default_rng(1)
    kinds = blobs(5, 8)
    which = rng.integers(0, 5, 300)
    pixels = kinds[which] ^ (rng.random((300, 1, 8, 8)) < 0.02)
    data = DataSet(pixels, replace(SPEC, position=0), (SideArray("y", which, aligned=True),))
    path = packed(data, copying_model, tmp_path, "keep", "iid", None)
    assert read_header(path).header.labels
    part, (check,) = part_of(path, copying_model, 3, 9)
    assert_slice(part, data, 3, 9)
    assert check.is_verified


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 91), (91, 91), (91, None), (5, 4), (-1, 3), (0, -1)]
)
def test_a_range_outside_is_refused(
    tiny_model: FrozenModel, tmp_path: Path, start: int, stop: int | None
) -> None:
    path = packed(dataset(), tiny_model, tmp_path, "keep", "iid", 30)
    with pytest.raises(DataError, match=r"not within the 90 images \(0:90\)"):
        part_of(path, tiny_model, start, stop)


def test_an_empty_set_has_an_empty_range(tiny_model: FrozenModel, tmp_path: Path) -> None:
    data = DataSet(np.zeros((0, 1, 8, 8), np.uint8), replace(SPEC, position=0))
    path = packed(data, tiny_model, tmp_path, "keep", "auto", None)
    part, checks = part_of(path, tiny_model)
    assert part.count == 0 and checks == ()
    with pytest.raises(DataError, match="not within the 0 images"):
        part_of(path, tiny_model, 0, 1)


def test_another_model_is_refused(
    tiny_model: FrozenModel, other_model: FrozenModel, tmp_path: Path
) -> None:
    path = packed(dataset(), tiny_model, tmp_path, "keep", "iid", 30)
    with pytest.raises(ModelError):
        part_of(path, other_model, 0, 1)


def test_damage_elsewhere_is_not_met_and_damage_here_is(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    path = packed(dataset(), tiny_model, tmp_path, "keep", "iid", 30)
    whole = decoded(path, tiny_model)
    (stack,) = (
        section
        for section in read_header(path).sections
        if (section.kind, section.shard) == (SectionType.STACK, 1)
    )
    content = bytearray(path.read_bytes())
    content[stack.offset + 30] ^= 4
    path.write_bytes(content)
    for start, stop in ((0, 30), (60, 90)):
        assert_slice(part_of(path, tiny_model, start, stop)[0], whole, start, stop)
    for start, stop in ((29, 31), (59, 61)):
        with pytest.raises(CorruptionError, match="CRC-32 of the stack of shard 1"):
            part_of(path, tiny_model, start, stop)
    path.write_bytes(content[:-3])
    with pytest.raises(FormatError, match="truncated"):
        part_of(path, tiny_model, 0, 1)
