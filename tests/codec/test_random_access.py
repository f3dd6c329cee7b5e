"""Images here and there: how many are decoded for looking at them in some order."""

from __future__ import annotations

import io
import multiprocessing
from pathlib import Path
from typing import Any

import mixed_sets
import numpy as np
import pytest
from tiny import blobs
from torch.utils.data import DataLoader

from acncodec.codec import CompressOptions, Reader, compress_dataset
from acncodec.codec.compress_mixed import code_assigned
from acncodec.errors import CorruptionError, DataError
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run

COUNT, SHARD = 240, 24
SPEC = ImageSpec("x", "uint8", "nhw", (0, 1), 1)


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    """Images of which no two are the same."""
    found = np.unique(blobs(2 * COUNT, 3), axis=0)
    return found[np.random.default_rng(0).permutation(len(found))[:COUNT]]


@pytest.fixture(scope="module")
def content(tiny_model: FrozenModel, pixels: np.ndarray) -> bytes:
    """An archive of ten shards, with a row for each image and an array that has none."""
    file = io.BytesIO()
    side = (
        SideArray("y", np.arange(COUNT) * 3, aligned=True),
        SideArray("note", np.array("made by hand"), aligned=False),
    )
    options = CompressOptions("keep", "iid", threads=1, shard_size=SHARD)
    compress_dataset(DataSet(pixels, SPEC, side), tiny_model, options, file)
    return file.getvalue()


def epoch(seed: int) -> np.ndarray:
    """All images, shards in random order and images within shards too."""
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [shard * SHARD + rng.permutation(SHARD) for shard in rng.permutation(COUNT // SHARD)]
    )


def look(archive: Reader, pixels: np.ndarray, order: np.ndarray) -> None:
    """Look at one image after the other; each is what it should be."""
    for row in order.tolist():
        assert np.array_equal(archive[row], pixels[row, 0])


def test_an_epoch_shard_by_shard_decodes_each_shard_once(
    tiny_model: FrozenModel, content: bytes, pixels: np.ndarray
) -> None:
    """Though a single shard is kept."""
    with Reader(io.BytesIO(content), [tiny_model], Run(1), cache_bytes=0) as archive:
        look(archive, pixels, epoch(1))
        assert (archive.cache.decoded, archive.cache.misses) == (COUNT, COUNT // SHARD)
        assert archive.cache.shards == 1


def test_epochs_all_over_decode_each_shard_once_where_all_are_kept(
    tiny_model: FrozenModel, content: bytes, pixels: np.ndarray
) -> None:
    with Reader(io.BytesIO(content), [tiny_model], Run(1)) as archive:
        for seed in (2, 3):
            look(archive, pixels, np.random.default_rng(seed).permutation(COUNT))
            assert (archive.cache.decoded, archive.cache.shards) == (COUNT, COUNT // SHARD)
    few = 3 * SHARD * 64
    with Reader(io.BytesIO(content), [tiny_model], Run(1), cache_bytes=few) as archive:
        look(archive, pixels, np.random.default_rng(2).permutation(COUNT)[:60])
        assert archive.cache.nbytes <= few and archive.cache.decoded > COUNT


def test_a_single_image_needs_its_shard_alone_and_that_no_further_than_its_batch(
    tiny_model: FrozenModel, content: bytes
) -> None:
    with Reader(io.BytesIO(content), [tiny_model], Run(1)) as archive:
        sizes = archive.header.shards[3].sizes  # type: ignore[union-attr]
        archive[3 * SHARD]
        assert archive.cache.decoded in np.cumsum(sizes)[:-1] and archive.cache.misses == 1
        before = archive.cache.decoded
        archive[3 * SHARD]
        assert archive.cache.decoded == before


@pytest.mark.parametrize("threads", [1, 2])
def test_a_slice_over_several_shards_keeps_them_too(
    tiny_model: FrozenModel, content: bytes, pixels: np.ndarray, threads: int
) -> None:
    told: list[float] = []
    run = Run(threads, progress=lambda _stage, share: told.append(share))
    with Reader(io.BytesIO(content), [tiny_model], run) as archive:
        assert np.array_equal(archive[20:80], pixels[20:80, 0])
        assert archive.cache.misses == 4 and told
        assert np.array_equal(archive[30:70], pixels[30:70, 0])
        assert archive.cache.misses == 4 and archive.cache.decoded <= 4 * SHARD


def test_what_is_kept_needs_no_file_and_damage_is_told_again_and_again(
    tiny_model: FrozenModel, content: bytes, pixels: np.ndarray
) -> None:
    file = io.BytesIO(content)
    with Reader(file, [tiny_model], Run(1)) as archive:
        info = next(info for info in archive._file.sections if info.shard == 5)
        archive[0:SHARD]
        file.seek(info.offset + 30)
        file.write(b"damaged")
        for _ in range(2):
            with pytest.raises(CorruptionError, match="CRC-32"):
                archive[5 * SHARD]
        assert np.array_equal(archive[3], pixels[3, 0])
        file.truncate(0)
        assert np.array_equal(archive[SHARD - 1], pixels[SHARD - 1, 0])


def test_a_shard_of_a_mixed_set_is_decoded_once() -> None:
    data = mixed_sets.mixed_set()
    options = CompressOptions("keep", threads=1, shard_size=20)
    made = code_assigned(data, mixed_sets.by_channels, mixed_sets.models(), options)
    with Reader(io.BytesIO(made.data), mixed_sets.models(), Run(1)) as archive:
        images = archive.arrays["x"]
        for row in np.random.default_rng(4).permutation(len(archive)).tolist():
            assert np.array_equal(archive[row], images[row])
        wanted = sum(shard.distinct for shard in archive.header.shards)
        assert archive.cache.decoded == wanted


@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")  # on one processor
@pytest.mark.parametrize("start", [None, "fork", "spawn"])
def test_a_loader_gives_each_image_once_with_its_entries(
    tiny_model: FrozenModel, content: bytes, pixels: np.ndarray, tmp_path: Path, start: str | None
) -> None:
    path = tmp_path / "a.acn"
    path.write_bytes(content)
    with Reader(path, [tiny_model], Run(2, progress=lambda *_: None)) as archive:
        archive[7]  # what is open here is of no use elsewhere
        dataset = archive.dataset("y")
    workers = 0 if start is None else 2
    loader = DataLoader(
        dataset, batch_sampler=dataset.batches(16, workers=max(1, workers)), num_workers=workers,
        multiprocessing_context=None if start is None else multiprocessing.get_context(start),
    )  # fmt: skip
    found: list[Any] = [item for images, y in loader for item in zip(images, y, strict=True)]
    assert sorted(int(y) for _, y in found) == [3 * row for row in range(COUNT)]
    assert all(np.array_equal(image, pixels[int(y) // 3, 0]) for image, y in found)
    if start is None:
        assert dataset.archive.cache.decoded == COUNT  # type: ignore[attr-defined]
        dataset.close()


def test_labels_that_are_coded_given_the_images_go_along(
    tiny_model: FrozenModel, pixels: np.ndarray, tmp_path: Path
) -> None:
    labels = pixels.reshape(COUNT, -1).sum(axis=1) % 4
    data = DataSet(pixels, SPEC, (SideArray("label", labels, aligned=True),))
    path = tmp_path / "a.acn"
    with path.open("wb") as file:
        compress_dataset(data, tiny_model, CompressOptions(threads=1, shard_size=SHARD), file)
    with Reader(path, [tiny_model], Run(1)) as archive:
        dataset = archive.dataset("label")
        assert [dataset[row][1] for row in (5, 200)] == labels[[5, 200]].tolist()
        dataset.close()


def test_an_array_without_rows_and_an_archive_without_a_path_are_refused(
    tiny_model: FrozenModel, content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "a.acn"
    path.write_bytes(content)
    with Reader(path, [tiny_model]) as archive:
        for name in ("note", "z"):
            with pytest.raises(DataError, match=f"no array '{name}' has a row .*there is 'y'"):
                archive.dataset(name)
    with (
        Reader(io.BytesIO(content), [tiny_model]) as archive,
        pytest.raises(DataError, match="no file with a path"),
    ):
        archive.dataset()
