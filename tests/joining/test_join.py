"""Parts of a set joined: byte for byte what the whole is in shards, and where not, the same set."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import mixed_sets
import numpy as np
import pytest
from level_sets import level_set, tiny_resnet
from reading import carried_by, decoded, verified
from sets import dataset, labels
from shares import joined_file, part_files, part_read, whole_file
from tiny import blobs

from acncodec.codec.compare import same_data
from acncodec.container import MixedHeader, read_archive, read_header
from acncodec.errors import CorruptionError
from acncodec.images import DataSet, MixedData, SideArray
from acncodec.images.recognised import recognise
from acncodec.joining.join import join_parts, order_bits
from acncodec.joining.part import ARRAY
from acncodec.joining.parts import in_order
from acncodec.models.frozen import FrozenModel

NAMES = SideArray("names", np.array([f"{number}.png" for number in range(50)]), aligned=True)
NOTE = SideArray("note", np.array("all"), aligned=False)
TABLE = SideArray("table", np.asfortranarray(np.arange(100.0).reshape(50, 2)), aligned=True)


def some() -> DataSet:
    """50 images, of which five come twice, two of these in two parts of three."""
    pixels = blobs(50, 3)
    pixels[[4, 20, 48]], pixels[[19, 45]] = pixels[[3, 18, 40]], pixels[[1, 30]]
    return dataset(pixels, labels(50), NOTE, NAMES, TABLE)


def ascending() -> DataSet:
    """Images in canonical order."""
    pixels = np.unique(blobs(60, 5).reshape(60, -1), axis=0).reshape(-1, 1, 8, 8)
    return dataset(pixels, labels(len(pixels)))


@pytest.mark.parametrize("ordering", ["iid", "tour"])
@pytest.mark.parametrize(("of", "shard_size"), [(3, 17), (2, 10)])
def test_the_whole_in_shards_byte_for_byte(
    tiny_model: FrozenModel, tmp_path: Path, ordering: str, of: int, shard_size: int
) -> None:
    """Two parts have several shards each, the last one a smaller one."""
    data, own = some(), {"ordering": ordering}
    inner = {} if of == 3 else {"shard_size": shard_size}
    whole = whole_file(tmp_path / "w.acn", data, [tiny_model], shard_size=shard_size, **own)
    parts = part_files(tmp_path, data, [tiny_model], of, **own, **inner)
    found = joined_file(tmp_path / "j.acn", parts[::-1])
    assert (tmp_path / "j.acn").read_bytes() == whole.read_bytes()
    assert (found.parts, found.images, found.order_bits) == (of, 50, 0.0)
    assert found.file_bytes == whole.stat().st_size
    assert found.shards == len(read_header(whole).header.shards) == -(-50 // shard_size)


@pytest.mark.parametrize("ordering", ["set", "urn"])
def test_a_set_in_canonical_order_is_the_whole_in_shards(
    tiny_model: FrozenModel, tmp_path: Path, ordering: str
) -> None:
    data, own = ascending(), {"order": "any", "ordering": ordering}
    size = -(-data.count // 3)
    whole = whole_file(tmp_path / "w.acn", data, [tiny_model], shard_size=size, **own)
    parts = part_files(tmp_path, data, [tiny_model], 3, **own)
    found = joined_file(tmp_path / "j.acn", parts)
    assert (tmp_path / "j.acn").read_bytes() == whole.read_bytes()
    assert 0.9 * np.log2(3) < found.order_bits / data.count < np.log2(3)


@pytest.mark.parametrize("order", ["keep", "any"])
def test_other_sets_come_back_with_all_that_is_beside_them(
    tiny_model: FrozenModel, tmp_path: Path, order: str
) -> None:
    data = some()
    parts = part_files(tmp_path, data, [tiny_model], 4, order=order)
    joined_file(tmp_path / "j.acn", parts)
    back = decoded(tmp_path / "j.acn", tiny_model)
    assert same_data(data, back, order)
    assert [one.name for one in back.side] == ["y", "note", "names", "table"]


def test_labels_lie_among_the_other_arrays_of_a_part(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    """Where they are smaller apart, a whole of one shard has them apart."""
    rng = np.random.default_rng(1)
    kinds = rng.integers(0, 6, 150)
    pixels = (rng.random((6, 1, 8, 8)) < 0.4)[kinds] ^ (rng.random((150, 1, 8, 8)) < 0.02)
    data = dataset(pixels.astype(np.uint8), SideArray("y", kinds, aligned=True))
    own = {"ordering": "iid", "stored": "never"}
    whole = whole_file(tmp_path / "w.acn", data, [tiny_model], **own)
    (part,) = part_files(tmp_path, data, [tiny_model], 1, **own)
    assert read_header(whole).header.labels == (0,)
    assert read_header(part).header.labels == ()
    joined_file(tmp_path / "j.acn", [part])
    assert same_data(data, decoded(tmp_path / "j.acn", tiny_model), "keep")


def test_levels_are_those_of_the_whole(tmp_path: Path) -> None:
    data = level_set("grey", 20, 1)
    dark = DataSet(data.pixels.copy(), data.spec, data.side, data.array_bytes)
    dark.pixels[:8] //= 8
    parts = part_files(tmp_path, dark, [tiny_resnet(1)], 3, ordering="iid", stored="never")
    joined_file(tmp_path / "j.acn", parts)
    assert same_data(dark, decoded(tmp_path / "j.acn", tiny_resnet(1)), "keep")


def test_splits_come_back_as_they_were(tmp_path: Path) -> None:
    images = level_set("grey", 20, 1).arrays()["x"]
    given = {
        "x_train": images[:13], "y_train": np.arange(13), "x_test": images[13:],
        "y_test": np.arange(len(images) - 13),
    }  # fmt: skip
    data = recognise(given, join=True)
    parts = part_files(tmp_path, data, [tiny_resnet(1)], 3, stored="never")
    joined_file(tmp_path / "j.acn", parts)
    back = decoded(tmp_path / "j.acn", tiny_resnet(1)).arrays()
    assert list(back) == list(given)
    assert all(np.array_equal(back[name], array) for name, array in given.items())


def test_a_model_that_each_part_carries_is_there_once(tmp_path: Path) -> None:
    data, own = level_set("grey", 20, 1), {"embed": True, "ordering": "iid", "stored": "never"}
    whole = whole_file(tmp_path / "w.acn", data, [tiny_resnet(1)], shard_size=11, **own)
    parts = part_files(tmp_path, data, [tiny_resnet(1)], 2, **own)
    joined_file(tmp_path / "j.acn", parts)
    assert (tmp_path / "j.acn").read_bytes() == whole.read_bytes()
    (model,) = carried_by(tmp_path / "j.acn")
    assert verified(tmp_path / "j.acn", model).images == data.count


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("of", [2, 5])
def test_several_shapes_and_kinds(tmp_path: Path, order: str, of: int) -> None:
    data, models = mixed_sets.mixed_set(), mixed_sets.models()
    parts = part_files(tmp_path, data, models, of, order=order)
    headers = [part_read(part).header for part in parts]
    assert all(isinstance(header, MixedHeader) for header in headers)
    joined_file(tmp_path / "j.acn", parts[1:] + parts[:1])
    back = decoded(tmp_path / "j.acn", models)
    assert isinstance(back, MixedData) and same_data(data, back, order)
    if order == "keep":
        assert all(map(np.array_equal, data.arrays(), back.arrays()))


def test_several_shapes_are_the_whole_in_shards_byte_for_byte(tmp_path: Path) -> None:
    """Where none has two levels, so that no image may be inverted."""
    images = [one for one in mixed_sets.mixed_arrays(7) if {*np.unique(one).tolist()} - {7, 200}]
    data, models = mixed_sets.with_side(images), mixed_sets.models()
    size = -(-data.count // 3)
    whole = whole_file(tmp_path / "w.acn", data, models, shard_size=size)
    parts = part_files(tmp_path, data, models, 3)
    assert 2 not in {one.levels for one in data.classes}
    joined_file(tmp_path / "j.acn", parts)
    assert (tmp_path / "j.acn").read_bytes() == whole.read_bytes()


def test_parts_of_a_set_that_no_model_takes(tmp_path: Path) -> None:
    data = level_set("rgba", 9, 1)
    whole = whole_file(tmp_path / "w.acn", data, [], shard_size=4)
    joined_file(tmp_path / "j.acn", part_files(tmp_path, data, [], 3))
    assert (tmp_path / "j.acn").read_bytes() == whole.read_bytes()
    assert same_data(data, decoded(tmp_path / "j.acn", []), "keep")


def test_models_that_only_some_parts_need(tmp_path: Path) -> None:
    """The first part has grey images alone, the last one pictures in colour."""
    arrays = sorted(
        (one for one in mixed_sets.mixed_arrays(7) if one.shape[2:] != (4,)), key=lambda a: a.ndim
    )
    data, models = mixed_sets.with_side(arrays), mixed_sets.models()
    parts = part_files(tmp_path, data, models, 6, stored="never")
    named = [[model.name for model in part_read(part).header.models] for part in parts]
    assert named[0] == ["tiny-resnet-1-7"] and named[-1] == ["tiny-resnet-3-7"]
    joined_file(tmp_path / "j.acn", parts)
    header = read_header(tmp_path / "j.acn").header
    assert isinstance(header, MixedHeader)
    assert [one.name for one in header.models] == ["tiny-resnet-1-7", "tiny-resnet-3-7"]
    assert same_data(data, decoded(tmp_path / "j.acn", models), "keep")


def test_a_part_alone_is_an_archive(tiny_model: FrozenModel, tmp_path: Path) -> None:
    data = some()
    part = part_files(tmp_path, data, [tiny_model], 3)[1]
    back = decoded(part, tiny_model)
    assert np.array_equal(back.pixels, data.pixels[17:34])
    assert [one.name for one in back.side] == ["y", "note", "names", "table", ARRAY]
    assert np.array_equal(back.side[2].array, NAMES.array[17:34])


def test_a_damaged_stack_is_not_copied(tiny_model: FrozenModel, tmp_path: Path) -> None:
    parts = part_files(tmp_path, some(), [tiny_model], 2)
    content = bytearray(parts[1].read_bytes())
    content[-20] ^= 1
    parts[1].write_bytes(content)
    with (tmp_path / "j.acn").open("xb") as file, pytest.raises(CorruptionError) as caught:
        join_parts(in_order([part_read(part) for part in parts]), file)
    assert str(caught.value).startswith(f"{parts[1]}: the CRC-32 of the stack of shard 0")


def test_what_sets_of_their_own_cost(tiny_model: FrozenModel, tmp_path: Path) -> None:
    data = ascending()
    whole = whole_file(tmp_path / "w.acn", data, [tiny_model], order="any", ordering="set")
    assert order_bits(read_header(whole).header) == 0
    parts = part_files(tmp_path, data, [tiny_model], 4, order="any", ordering="set")
    found = joined_file(tmp_path / "j.acn", parts)
    counts = [shard.count for shard in read_header(tmp_path / "j.acn").header.shards]
    ways, left = 1, data.count
    for count in counts:
        for place in range(count):
            ways = ways * (left - place) // (place + 1)
        left -= count
    assert 2**found.order_bits == pytest.approx(ways)


def test_sections_of_all_parts_are_there_once(tiny_model: FrozenModel, tmp_path: Path) -> None:
    parts = part_files(tmp_path, some(), [tiny_model], 3)
    joined_file(tmp_path / "j.acn", parts)
    found = Counter(section.kind for section in read_archive(tmp_path / "j.acn").sections)
    given = Counter(one.kind for part in parts for one in part_read(part).sections)
    assert found == given - Counter({3: 2})
