"""Sets of several shapes, models and stored images there and back."""

from __future__ import annotations

from pathlib import Path

import mixed_sets
import numpy as np
import pytest
from reading import decoded, npz_of, opened, part_of, salvaged, verified

from acncodec.codec import CompressOptions
from acncodec.codec.compare import same_data
from acncodec.codec.compress_mixed import code_assigned
from acncodec.codec.compress_set import compress_set
from acncodec.container import MixedHeader, atomic_folder, read_archive, read_header
from acncodec.errors import DataError
from acncodec.images import DataSet, MixedData
from acncodec.images.recognised import recognise
from acncodec.run.settings import Run

RUN = Run(1, 64)


def write(path: Path, data: MixedData, assign: object, options: CompressOptions) -> MixedHeader:
    made = code_assigned(data, assign, mixed_sets.models(), options)
    path.write_bytes(made.data)
    assert made.stats.file_bytes == len(made.data)
    header = read_header(path).header
    assert isinstance(header, MixedHeader)
    return header


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("shard_size", [None, 20])
def test_parts_and_stored_images_come_back(
    tmp_path: Path, order: str, shard_size: int | None
) -> None:
    data, path = mixed_sets.mixed_set(), tmp_path / "a.acn"
    options = CompressOptions(order, threads=1, shard_size=shard_size)
    header = write(path, data, mixed_sets.by_channels, options)
    assert [one.name for one in header.models] == ["tiny-resnet-1-7", "tiny-resnet-3-7"]
    assert any(one.is_inverted for one in header.classes)
    first = header.shards[0]
    assert len(first.parts) == 2 and len(first.stored) > 1 and first.is_arranged
    back = decoded(path, mixed_sets.models(), RUN)
    assert same_data(data, back, order)
    if order == "keep":
        assert all(
            np.array_equal(one, other)
            for one, other in zip(data.arrays(), back.arrays(), strict=True)
        )
    assert verified(path, mixed_sets.models(), RUN).images == data.count


@pytest.mark.parametrize("order", ["keep", "any"])
def test_stored_floats_of_two_splits_come_back_as_they_were(tmp_path: Path, order: str) -> None:
    numbers, path = np.random.default_rng(4).integers(0, 7, (9, 30)), tmp_path / "a.acn"
    given = {
        "x_train": (numbers[:5] / 6).astype(np.float32), "y_train": np.arange(5),
        "x_test": (numbers[5:] / 6).astype(np.float32), "y_test": np.arange(4),
    }  # fmt: skip
    data = recognise(given, layout="5x6", join=True)
    with path.open("wb") as file:
        compress_set(data, [], CompressOptions(order, threads=1, shard_size=4), file)
    assert isinstance(read_header(path).header, MixedHeader)
    back = decoded(path, [], RUN)
    assert isinstance(back, DataSet) and same_data(data, back, order)
    with (tmp_path / "a.npz").open("wb") as file:
        npz_of(path, [], file, RUN)
    with np.load(tmp_path / "a.npz") as found:
        assert list(found) == list(given)
        for split in ("train", "test"):
            images, labels = found[f"x_{split}"], found[f"y_{split}"]
            wanted = given[f"x_{split}"][labels]
            assert images.dtype == wanted.dtype and np.array_equal(images, wanted)
            assert sorted(labels.tolist()) == given[f"y_{split}"].tolist()
            assert order == "any" or labels.tolist() == sorted(labels.tolist())
    some, _ = part_of(path, [], 3, 7, RUN)
    assert isinstance(some, DataSet) and sum(map(len, some.arrays().values())) == 2 * 4
    with (
        pytest.raises(DataError, match="several sets"),
        opened(path, [], RUN) as archive,
        atomic_folder(tmp_path / "folder") as folder,
    ):
        archive.write_folder(folder)


@pytest.mark.parametrize("order", ["keep", "any"])
def test_one_part_needs_no_arrangement(tmp_path: Path, order: str) -> None:
    data, path = mixed_sets.shapes_set(), tmp_path / "a.acn"
    header = write(path, data, mixed_sets.modelled, CompressOptions(order, threads=1))
    assert not header.shards[0].is_arranged and len(header.shards[0].parts[0].counts) > 3
    assert same_data(data, decoded(path, mixed_sets.models()[:1], Run(2, 5)), order)


@pytest.mark.parametrize("kind", ["stored", "sprites"])
@pytest.mark.parametrize("order", ["keep", "any"])
def test_everything_stored_needs_no_model(tmp_path: Path, order: str, kind: str) -> None:
    data, path = mixed_sets.SETS[kind](), tmp_path / "a.acn"
    header = write(path, data, mixed_sets.stored, CompressOptions(order, threads=1))
    assert header.models == () and header.shards[0].parts == ()
    assert header.format_version == (6 if kind == "sprites" else 3)
    assert same_data(data, decoded(path, [], RUN), order)


@pytest.mark.parametrize("kind", ["stored", "sprites"])
def test_the_input_s_order_makes_no_difference_to_a_set(kind: str) -> None:
    options = CompressOptions("any", threads=1)
    data = mixed_sets.SETS[kind]()
    turned = mixed_sets.with_side(data.arrays()[::-1])
    found = [code_assigned(one, mixed_sets.stored, [], options).data for one in (data, turned)]
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", ["stored", "sprites"])
@pytest.mark.parametrize("order", ["keep", "any"])
def test_a_range_is_that_part_of_the_whole(tmp_path: Path, order: str, kind: str) -> None:
    data, path = mixed_sets.SETS[kind](), tmp_path / "a.acn"
    options = CompressOptions(order, threads=1, shard_size=20)
    write(path, data, mixed_sets.stored, options)
    whole = decoded(path, [], RUN)
    part, shards = part_of(path, [], 18, 25, RUN)
    assert [one.shard for one in shards] == [0, 1] and all(one.is_verified for one in shards)
    assert isinstance(whole, MixedData) and part.count == 7
    images = part.arrays() if isinstance(part, MixedData) else list(part.arrays()["x"])
    for one, other in zip(whole.arrays()[18:25], images, strict=True):
        assert np.array_equal(one, other)
    assert np.array_equal(whole.side[0].array[18:25], part.side[0].array)


def test_what_is_whole_of_a_damaged_file_is_given(tmp_path: Path) -> None:
    data, path = mixed_sets.sprites_set(), tmp_path / "a.acn"
    options = CompressOptions("keep", threads=1, shard_size=20)
    write(path, data, mixed_sets.stored, options)
    archive, content = read_archive(path), bytearray(path.read_bytes())
    damaged = content.index(archive.stored(1) or b"none") + 9
    content[damaged] ^= 1
    path.write_bytes(content)
    back, loss = salvaged(path, [], RUN)
    assert loss.missing == ((20, 40),) and back.count == data.count - 20
    assert isinstance(back, MixedData)
    wanted = [*data.arrays()[:20], *data.arrays()[40:]]
    assert all(map(np.array_equal, back.arrays(), wanted))


def test_a_single_class_comes_back_as_one_array(tmp_path: Path) -> None:
    from acncodec.images.mixed import as_mixed
    from acncodec.images.recognised import recognise

    data = recognise({"x": mixed_sets.level_array("two", 9, 3) // 200})
    path = tmp_path / "a.acn"
    write(path, as_mixed(data), mixed_sets.by_channels, CompressOptions(threads=1))
    back = decoded(path, mixed_sets.models(), RUN)
    assert isinstance(back, DataSet) and same_data(data, back, "keep")
