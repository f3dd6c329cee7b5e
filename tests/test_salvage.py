"""Salvage: what comes out of a damaged archive is right, and what does not is named."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reading import decoded, salvaged
from tiny import SIZE, blobs

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.codec.compress_set import compress_set
from acncodec.container import MixedHeader, SectionType, read_header
from acncodec.errors import AcnError, CorruptionError, DataError, FormatError, ModelError
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run
from acncodec.shards.arrange import canonical_order

SHARD, COUNT = 8, 30
SPEC = ImageSpec("x", "uint8", "nhw", (0, 255), 1)


def dataset(count: int = COUNT) -> DataSet:
    """Images with repeats within and between shards, labels, and a note."""
    pixels = blobs(count, 21)
    pixels[[3, 5, 20]] = pixels[1]
    side = (
        SideArray("y", np.arange(count, dtype=np.int16), aligned=True),
        SideArray("note", np.array(["kept", "whole"]), aligned=False),
    )
    return DataSet(pixels, SPEC, side)


def packed(data: DataSet, model: FrozenModel, order: str, ordering: str = "auto") -> bytes:
    file = io.BytesIO()
    options = CompressOptions(order, ordering, threads=1, shard_size=SHARD)
    compress_dataset(data, model, options, file)
    return file.getvalue()


def rows(data: DataSet, kept: np.ndarray) -> DataSet:
    """The images at `kept`, with their labels."""
    side = tuple(replace(s, array=s.array[kept]) if s.aligned else s for s in data.side)
    return DataSet(data.pixels[kept], data.spec, side)


def places(data: bytes) -> dict[tuple[int, int], int]:
    """The middle of each section's payload."""
    sections = read_header(io.BytesIO(data)).sections
    return {(it.kind, it.shard): it.offset + 11 + it.length // 2 for it in sections}


def damage(data: bytes, *keys: tuple[int, int]) -> bytes:
    """Flip a bit in the middle of some sections."""
    damaged, at = bytearray(data), places(data)
    for key in keys:
        damaged[at[key]] ^= 16
    return bytes(damaged)


@pytest.mark.parametrize("ordering", ["iid", "tour", "set", "auto"])
@pytest.mark.parametrize("order", ["keep", "any"])
def test_shards_come_back_as_one(
    tiny_model: FrozenModel, tmp_path: Path, order: str, ordering: str
) -> None:
    if (order, ordering) == ("keep", "set"):
        return
    data, path = dataset(), tmp_path / "a.acn"
    path.write_bytes(packed(data, tiny_model, order, ordering))
    shards = read_header(path).header.shards
    assert [shard.count for shard in shards] == [8, 8, 8, 6]
    assert len({shard.strategy for shard in shards}) == 1
    back = decoded(path, tiny_model, threads=1)
    assert same_data(data, back, order)
    if order == "any":
        assert np.array_equal(canonical_order(back.pixels), np.arange(COUNT))


def test_a_set_in_shards_does_not_depend_on_the_order_of_the_input(
    tiny_model: FrozenModel,
) -> None:
    data = dataset()
    shuffled = rows(data, np.random.default_rng(0).permutation(COUNT))
    assert packed(data, tiny_model, "any") == packed(shuffled, tiny_model, "any")


def test_bad_shard_sizes_are_refused(tiny_model: FrozenModel) -> None:
    with pytest.raises(DataError, match="at least 1"):
        CompressOptions(shard_size=0)
    data = DataSet(np.zeros((65_537, 1, SIZE, SIZE), np.uint8), replace(SPEC, position=0))
    with pytest.raises(DataError, match="more than 65536 shards"):
        compress_dataset(data, tiny_model, CompressOptions(shard_size=1), io.BytesIO())


@pytest.mark.parametrize("order", ["keep", "any"])
def test_whole_shards_survive_damaged_ones(
    tiny_model: FrozenModel, tmp_path: Path, order: str
) -> None:
    path = tmp_path / "a.acn"
    path.write_bytes(packed(dataset(), tiny_model, order))
    data = decoded(path, tiny_model, threads=1)  # in the order of the output
    whole = path.read_bytes()
    stack, duplicates = int(SectionType.STACK), int(SectionType.DUPLICATES)
    repeats = next(shard for kind, shard in places(whole) if kind == duplicates)
    for keys in ([(stack, 0)], [(stack, 1), (stack, 3)], [(duplicates, repeats)]):
        path.write_bytes(damage(whole, *keys))
        with pytest.raises(AcnError):
            decoded(path, tiny_model)
        lost = sorted(shard for _, shard in keys)
        kept = np.array([row for row in range(COUNT) if row // SHARD not in lost])
        back, loss = salvaged(path, tiny_model, threads=1)
        assert same_data(rows(data, kept), back, "keep")
        assert loss.missing == tuple((SHARD * s, min(SHARD * s + SHARD, COUNT)) for s in lost)
        assert (loss.images, loss.saved, loss.side_lost) == (COUNT, len(kept), False)
        assert len(loss.causes) == len(lost) and not loss.is_none
        assert all(f"shard {s}" in cause for s, cause in zip(lost, loss.causes, strict=True))


def test_a_cut_file_gives_the_shards_before_the_cut(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    data, path = dataset(), tmp_path / "a.acn"
    whole = packed(data, tiny_model, "keep")
    ends = [it.offset + it.file_bytes for it in read_header(io.BytesIO(whole)).sections]
    for cut in (ends[-1] - 1, ends[-2], ends[-2] - 5):
        path.write_bytes(whole[:cut])
        back, loss = salvaged(path, tiny_model, threads=1)
        assert 0 < loss.saved < COUNT
        assert same_data(rows(data, np.arange(loss.saved)), back, "keep")
        assert loss.missing[0][0] == loss.saved and loss.missing[-1][1] == COUNT


def test_images_survive_damaged_side_data(tiny_model: FrozenModel, tmp_path: Path) -> None:
    data, path = dataset(), tmp_path / "a.acn"
    path.write_bytes(damage(packed(data, tiny_model, "keep"), (3, 0)))
    back, loss = salvaged(path, tiny_model, threads=1)
    assert np.array_equal(back.pixels, data.pixels) and back.side == ()
    assert back.spec == replace(SPEC, position=0)
    assert loss.side_lost and loss.missing == () and loss.saved == COUNT
    assert loss.causes == ("the side data is damaged or missing",)


def test_arrays_survive_damaged_images(tiny_model: FrozenModel, tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    path.write_bytes(damage(packed(dataset(), tiny_model, "keep"), *((1, s) for s in range(4))))
    back, loss = salvaged(path, tiny_model, threads=1)
    assert back.count == 0 and loss.saved == 0
    assert [len(side.array) for side in back.side] == [0, 2]


def test_a_whole_file_loses_nothing(tiny_model: FrozenModel, tmp_path: Path) -> None:
    data, path = dataset(), tmp_path / "a.acn"
    path.write_bytes(packed(data, tiny_model, "keep"))
    back, loss = salvaged(path, tiny_model, threads=1)
    assert same_data(data, back, "keep")
    assert loss.is_none and loss.to_json() == {
        "images": COUNT, "saved": COUNT, "missing": (), "side_lost": False, "labels_lost": False,
        "causes": (),
    }  # fmt: skip


def test_where_nothing_can_be_saved_nothing_is_given(
    tiny_model: FrozenModel, other_model: FrozenModel, tmp_path: Path
) -> None:
    path = tmp_path / "a.acn"
    plain = replace(dataset(), side=(dataset().side[0],))
    whole = packed(plain, tiny_model, "keep")
    path.write_bytes(damage(whole, *((1, shard) for shard in range(4))))
    with pytest.raises(CorruptionError, match=r"nothing can be saved: shard 0.*shard 3"):
        salvaged(path, tiny_model)
    for bad, error in ((whole[:40], FormatError), (b"", FormatError)):
        path.write_bytes(bad)
        with pytest.raises(error):
            salvaged(path, tiny_model)
    path.write_bytes(whole)
    with pytest.raises(ModelError):
        salvaged(path, other_model)


def test_a_stack_changed_under_a_right_crc_is_no_whole_shard(
    tiny_model: FrozenModel, tmp_path: Path
) -> None:
    from forge import STACK, take_apart

    data, path = dataset(), tmp_path / "a.acn"
    parts = take_apart(packed(data, tiny_model, "keep"))
    for word in range(0, len(parts.payload(STACK, 2)), 7):
        payload = bytearray(parts.payload(STACK, 2))
        payload[word] ^= 1 << word % 8
        path.write_bytes(parts.having_payload(bytes(payload), STACK, 2).to_bytes())
        back, loss = salvaged(path, tiny_model, threads=1)
        assert loss.missing == ((16, 24),)
        kept = np.array([row for row in range(COUNT) if not 16 <= row < 24])
        assert same_data(rows(data, kept), back, "keep")


def splits() -> tuple[dict[str, np.ndarray], DataSet]:
    """Two splits of 18 and 12 images with their labels, and a note."""
    pixels, numbers = blobs(COUNT, 21)[:, 0], np.arange(COUNT, dtype=np.int16)
    arrays = {
        "x_train": pixels[:18], "x_test": pixels[18:], "y_train": numbers[:18],
        "y_test": numbers[18:], "note": np.array(["kept", "whole"]),
    }  # fmt: skip
    return arrays, recognise(arrays, join=True)


def test_splits_keep_what_is_whole_of_each(tiny_model: FrozenModel, tmp_path: Path) -> None:
    arrays, data = splits()
    path = tmp_path / "a.acn"
    path.write_bytes(damage(packed(data, tiny_model, "keep"), (int(SectionType.STACK), 1)))
    back, loss = salvaged(path, tiny_model, threads=1)
    assert loss.missing == ((8, 16),) and not loss.side_lost
    kept = [*range(8), 16, 17]
    wanted = arrays | {"x_train": arrays["x_train"][kept], "y_train": arrays["y_train"][kept]}
    found = back.arrays()
    assert list(found) == list(wanted)
    for name, array in wanted.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array), name


@pytest.mark.parametrize("stored", [False, True])
def test_splits_whose_label_is_lost_come_back_as_one_array(
    tiny_model: FrozenModel, tmp_path: Path, stored: bool
) -> None:
    """With the side data goes what says of which split an image is."""
    arrays, data = splits()
    path, models = tmp_path / "a.acn", [] if stored else [tiny_model]
    with path.open("wb") as file:
        compress_set(data, models, CompressOptions(threads=1, shard_size=SHARD), file)
    assert isinstance(read_header(path).header, MixedHeader) == stored
    path.write_bytes(damage(path.read_bytes(), (int(SectionType.SIDE), 0)))
    back, loss = salvaged(path, models, Run(1))
    assert isinstance(back, DataSet) and loss.side_lost and loss.saved == COUNT
    found = back.arrays()
    assert list(found) == ["x"]
    assert np.array_equal(found["x"], np.concatenate([arrays["x_train"], arrays["x_test"]]))
