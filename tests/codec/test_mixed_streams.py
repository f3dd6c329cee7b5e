"""Mixed sets larger than memory: how many images are alive at once, in and out."""

from __future__ import annotations

import io
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from level_sets import tiny_resnet
from reading import decoded, folder_of, holds_in, npz_of, verified

from acncodec.codec import CompressOptions
from acncodec.codec.compare import same_data
from acncodec.codec.compress_set import compress_set
from acncodec.container import atomic_folder
from acncodec.images import (
    MixedData,
    SideArray,
    load_any,
    mixed_from_arrays,
    open_any,
    save_npz,
)
from acncodec.images.mixed_images import MixedImages
from acncodec.images.stored_mixed import StoredMixed
from acncodec.run.settings import Run

Image = pytest.importorskip("PIL.Image")
COUNT, SHARD = 96, 8
MODELS = [tiny_resnet(1)]
AT_ONCE = 6
"""Shards' worth of images: those of a shard, what differs among them, as they are coded; one more
that waits, and what is compared with it."""


@contextmanager
def counting() -> Iterator[list[int]]:
    """The most samples that lay in sets of images at once."""
    alive: dict[int, int] = {}
    most = [0]
    begin = MixedImages.__init__

    def begun(self: MixedImages, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        number = len(alive) and max(alive) + 1
        alive[number] = sum(block.size for block in self.blocks.values())
        weakref.finalize(self, alive.pop, number)
        most[0] = max(most[0], sum(alive.values()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MixedImages, "__init__", begun)
        yield most


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of two sizes and kinds, the modelled ones of few values."""
    path, rng = tmp_path_factory.mktemp("in"), np.random.default_rng(1)
    for number in range(COUNT):
        shape = ((6, 9), (8, 7), (5, 5, 3))[number % 3]
        Image.fromarray(rng.integers(0, 250, shape).astype(np.uint8)).save(
            path / f"{number:03}.png"
        )
    return path


@pytest.fixture(scope="module", params=["keep", "any"])
def archive(
    request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str, int]:
    """An archive of them, its order, and how many samples were alive while it was made."""
    data = open_any(folder)
    assert isinstance(data, StoredMixed)
    path = tmp_path_factory.mktemp("archive") / "a.acn"
    options = CompressOptions(request.param, threads=1, shard_size=SHARD)
    with counting() as most, path.open("wb") as file:
        compress_set(data, MODELS, options, file)
    return path, request.param, most[0]


def samples(folder: Path) -> int:
    data = open_any(folder)
    assert isinstance(data, StoredMixed)
    return data.array_bytes


def bound(folder: Path) -> int:
    """A shard's samples, of which there may be some at once."""
    return AT_ONCE * SHARD * 75


def test_the_count_notices_a_whole_set(folder: Path) -> None:
    with counting() as most:
        load_any(folder)
    assert most[0] == samples(folder) > bound(folder)


def test_no_more_than_some_shards_are_held_while_it_is_compressed(
    archive: tuple[Path, str, int], folder: Path
) -> None:
    assert 0 < archive[2] <= bound(folder)


def test_the_file_is_that_of_a_set_in_memory(archive: tuple[Path, str, int], folder: Path) -> None:
    file = io.BytesIO()
    options = CompressOptions(archive[1], threads=1, shard_size=SHARD)
    compress_set(load_any(folder), MODELS, options, file)
    assert file.getvalue() == archive[0].read_bytes()


def test_no_more_are_held_while_it_is_checked(archive: tuple[Path, str, int], folder: Path) -> None:
    path, _, _ = archive
    with counting() as most:
        found = verified(path, MODELS, Run(1))
    assert found.images == COUNT and found.shapes == 3 and 0 < most[0] <= bound(folder)
    data = open_any(folder)
    assert isinstance(data, StoredMixed)
    with counting() as most:
        assert holds_in(path, data, MODELS, Run(1))
    assert 0 < most[0] <= bound(folder)


def test_pictures_are_written_shard_by_shard(
    archive: tuple[Path, str, int], folder: Path, tmp_path: Path
) -> None:
    with counting() as most, atomic_folder(tmp_path / "out") as out:
        found = folder_of(archive[0], MODELS, out, Run(1))
    assert found.images == COUNT and 0 < most[0] <= bound(folder)
    for path in folder.iterdir():
        with Image.open(path) as one, Image.open(tmp_path / "out" / path.name) as other:
            assert one.mode == other.mode and one.tobytes() == other.tobytes()


def test_arrays_are_written_shard_by_shard(archive: tuple[Path, str, int], folder: Path) -> None:
    file, whole = io.BytesIO(), io.BytesIO()
    with counting() as most:
        npz_of(archive[0], MODELS, file, Run(1))
    assert 0 < most[0] <= bound(folder)
    save_npz(whole, decoded(archive[0], MODELS, Run(1)))
    assert file.getvalue() == whole.getvalue()


def test_another_set_is_not_held(archive: tuple[Path, str, int], folder: Path) -> None:
    path, order, _ = archive
    data = load_any(folder)
    assert isinstance(data, MixedData)
    assert same_data(data, decoded(path, MODELS, Run(1)), order)
    for change in (1, 0):
        images = data.arrays()
        names = np.array([f"{number:03}.png" for number in range(COUNT)])
        if change:
            images[5] = images[5].copy()
            images[5][0, 0] ^= 1
        else:
            names[7] = "other.png"
        modes = next(one for one in data.side if one.name == "modes")
        side = (SideArray("names", names, True), modes)
        other = mixed_from_arrays(images, layout="nhw", side=side)
        assert not holds_in(path, other, MODELS, Run(1))
