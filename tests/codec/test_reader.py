"""Readers: the header read once, models when they are needed, images here and there."""

from __future__ import annotations

import io
from pathlib import Path

import mixed_sets
import numpy as np
import pytest
from tiny import blobs

from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.codec.compress_mixed import code_assigned
from acncodec.container import archive_file as container
from acncodec.errors import FormatError, ModelError
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run

COUNT, SHARD = 50, 20
SPEC = ImageSpec("x", "uint8", "nhw", (0, 255), 1)


def dataset() -> DataSet:
    """Images with repeats, and a row for each before them."""
    pixels = blobs(COUNT, 3)
    pixels[[7, 8, 41]] = pixels[[2, 2, 0]]
    rows = np.random.default_rng(0).normal(size=(COUNT, 2))
    return DataSet(pixels, SPEC, (SideArray("y", rows, aligned=True),))


def packed(model: FrozenModel, size: int | None = SHARD, order: str = "keep") -> io.BytesIO:
    file = io.BytesIO()
    compress_dataset(dataset(), model, CompressOptions(order, "iid", shard_size=size), file)
    return file


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("size", [None, SHARD])
def test_images_by_their_places_are_those_of_the_whole(
    tiny_model: FrozenModel, order: str, size: int | None
) -> None:
    with Reader(packed(tiny_model, size, order), [tiny_model], Run(1)) as archive:
        assert len(archive) == COUNT
        whole = archive.arrays["x"]
        assert isinstance(whole, np.ndarray) and whole.dtype == np.uint8
        for place in (0, 1, 0, 7, 19, 20, -1, -COUNT, 49):
            assert np.array_equal(archive[place], whole[place])
        for part in (
            slice(3, 9), slice(18, 43), slice(None), slice(40, 3, -7), slice(None, None, 9),
            slice(5, 5), slice(-4, None), slice(60, 90),
        ):  # fmt: skip
            found = archive[part]
            assert isinstance(found, np.ndarray)
            assert found.dtype == whole.dtype and np.array_equal(found, whole[part])
        assert all(np.array_equal(*pair) for pair in zip(archive, whole, strict=True))
        for place in (COUNT, -COUNT - 1):
            with pytest.raises(IndexError, match=f"image {place} of 50"):
                archive[place]


def test_places_may_come_in_any_order_and_twice(tiny_model: FrozenModel) -> None:
    with Reader(packed(tiny_model), [tiny_model], Run(2)) as archive:
        whole = archive.arrays["x"]
        for rows in ([45, 3, 22, 3, 49], [30, 31], [7], []):
            assert np.array_equal(archive.take(np.array(rows, np.int64)), np.asarray(whole)[rows])
        for bad in ([0, COUNT], [-1, 3]):
            with pytest.raises(IndexError, match="of 50 images"):
                archive.take(np.array(bad))


def test_the_header_is_read_once(tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch) -> None:
    file, read = packed(tiny_model), []
    given = container.header_from_bytes
    monkeypatch.setattr(
        container, "header_from_bytes", lambda data: read.append(0) or given(data)
    )  # fmt: skip
    with Reader(file, [tiny_model], Run(1)) as archive:
        archive[3], archive.verify(), archive.read(), archive.part(0, 2), archive.salvage()
    assert read == [0]


def test_no_model_is_looked_for_before_something_is_decoded(tiny_model: FrozenModel) -> None:
    def find(archive: object) -> list[FrozenModel]:
        raise ModelError("somebody looked")

    with Reader(packed(tiny_model), find) as archive:
        assert len(archive) == COUNT and archive.wanted[0].model_id == tiny_model.model_id
        assert archive.carried() == ()
        with pytest.raises(ModelError, match="somebody looked"):
            archive[0]


def test_a_file_that_is_cut_is_told_before_models_are_looked_for(tiny_model: FrozenModel) -> None:
    cut = io.BytesIO(packed(tiny_model).getvalue()[:-30])
    with Reader(cut) as archive, pytest.raises(FormatError, match="truncated"):
        archive.read()


def test_a_path_is_closed_and_a_file_is_not(tiny_model: FrozenModel, tmp_path: Path) -> None:
    file, path = packed(tiny_model), tmp_path / "a.acn"
    path.write_bytes(file.getvalue())
    with Reader(file, [tiny_model]), Reader(path, [tiny_model]) as archive:
        pass
    assert not file.closed
    with pytest.raises(ValueError, match="closed"):
        archive.read()


@pytest.mark.parametrize("order", ["keep", "any"])
def test_images_of_several_shapes_are_lists(order: str) -> None:
    data = mixed_sets.mixed_set()
    options = CompressOptions(order, threads=1, shard_size=20)
    made = code_assigned(data, mixed_sets.stored, [], options)
    with Reader(io.BytesIO(made.data), [], Run(1)) as archive:
        whole = archive.arrays
        images = whole["x"]
        assert isinstance(images, list) and list(whole) == ["y", "x", "names"]
        assert len(images) == len(archive) == data.count
        found = [archive[3], archive[-2], *archive[18:25], *archive[9:1:-4], *archive[4:4]]
        wanted = [images[3], images[-2], *images[18:25], *images[9:1:-4]]
        for one, other in zip(found, wanted, strict=True):
            assert one.dtype == other.dtype and np.array_equal(one, other)
        assert sum(1 for _ in archive) == data.count


def test_a_part_of_one_shape_of_a_mixed_set_is_one_array() -> None:
    """Though the layout of the whole says (H, W), or (H, W, C) where there are several channels."""
    grey = [np.full((4, 5), 9, np.uint8)] * 2
    colours = [np.arange(60, dtype=np.uint8).reshape(4, 5, 3) + step for step in range(3)]
    data = mixed_sets.with_side([*grey, *colours])
    made = code_assigned(data, mixed_sets.stored, [], CompressOptions(threads=1))
    with Reader(io.BytesIO(made.data), []) as archive:
        part, _ = archive.part(2, 5)
    assert isinstance(part, DataSet)
    assert np.array_equal(part.arrays()["x"], np.stack(colours))
