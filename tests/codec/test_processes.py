"""Shards of sets of either kind, coded and decoded in another process, give the same bytes."""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from level_sets import tiny_resnet
from processes import Processes, elsewhere
from reading import decoded, salvaged
from tiny import blobs

from acncodec.codec import CompressOptions
from acncodec.codec.compare import same_data
from acncodec.codec.compress_set import compress_set
from acncodec.container import MixedHeader, read_header
from acncodec.images import load_any, open_any
from acncodec.images.stored import StoredData
from acncodec.images.stored_mixed import StoredMixed
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Begin, Run

COUNT, SHARD = 24, 10
MODELS = [tiny_resnet(1, seed=7), tiny_resnet(3, seed=7)]
SETS = {
    "mixed": (MODELS, {"_AllModelled"}, {"PushMixed"}),
    "stored": (MODELS, {"_Cheapest"}, {"PushMixed"}),
    "uniform": (None, set(), {"PushShards"}),
}
"""By the kind of a set: its models (`tiny_model` where there is none), and what is done with its
shards before they are coded and when they are."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with elsewhere() as found:
        yield found


def write_pictures(folder: Path, *, few: bool) -> Path:
    """Pictures of three shapes and two modes, in a folder; some of them twice. few: of few values,
    which a model codes better than a general compressor does."""
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(5)
    folder.mkdir()
    pictures = []
    for number in range(COUNT - 2):
        shape = ((6, 9), (8, 7), (5, 5, 3))[number % 3]
        high = 4 if few else 250
        pictures.append(rng.integers(0, high, shape).astype(np.uint8))
    for number, picture in enumerate([*pictures, pictures[1], pictures[2]]):
        image.fromarray(picture).save(folder / f"{number:02}.png")
    return folder


@pytest.fixture
def source(kind: str, tmp_path: Path) -> Path:
    """A set that stays on the disk."""
    if kind == "uniform":
        np.save(tmp_path / "a.npy", blobs(COUNT, 3)[:, 0])
        return tmp_path / "a.npy"
    return write_pictures(tmp_path / "in", few=kind == "mixed")


def archive(
    source: Path, models: list[FrozenModel], order: str, begin: Begin | None = None, *, never: bool
) -> bytes:
    """A set as a file."""
    file, stored = io.BytesIO(), "never" if never else "auto"
    options = CompressOptions(order, threads=1, shard_size=SHARD, stored=stored, begin=begin)
    compress_set(open_any(source), models, options, file)
    return file.getvalue()


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("kind", SETS)
def test_a_file_whose_shards_are_coded_elsewhere_is_the_same(
    kind: str, order: str, source: Path, tiny_model: FrozenModel, pool: ProcessPoolExecutor,
    tmp_path: Path,
) -> None:  # fmt: skip
    given, before, coding = SETS[kind]
    models, never = given or [tiny_model], kind != "stored"
    assert isinstance(open_any(source), StoredData if kind == "uniform" else StoredMixed)
    here = archive(source, models, order, never=never)
    executor = Processes(pool)
    assert archive(source, models, order, executor, never=never) == here
    assert executor.works == before | coding
    shards = -(-COUNT // SHARD)
    assert executor.jobs >= shards * len(executor.works)
    assert executor.most < min(len(pickle.dumps(model)) for model in models)

    path = tmp_path / "a.acn"
    path.write_bytes(here)
    assert isinstance(read_header(path).header, MixedHeader) == (kind != "uniform")
    executor.jobs, executor.works = 0, set()
    assert same_data(load_any(source), decoded(path, models, Run(1, begin=executor)), order)
    assert (executor.jobs, executor.works) == (shards, {"PopShards"})
    data, loss = salvaged(path, models, Run(1, begin=executor))
    assert loss.is_none and same_data(load_any(source), data, order)
    assert executor.works == {"PopShards", "PopWhole"}


@pytest.mark.parametrize("kind", ["mixed", "uniform"])
def test_images_go_with_their_jobs_where_they_cannot_be_read(
    kind: str, source: Path, tiny_model: FrozenModel, pool: ProcessPoolExecutor
) -> None:
    models = SETS[kind][0] or [tiny_model]
    carrying = archive(source, models, "any", Processes(pool, carrying=True), never=True)
    assert carrying == archive(source, models, "any", never=True)


@pytest.mark.parametrize("kind", ["mixed"])
def test_pictures_go_by_their_paths(kind: str, source: Path) -> None:
    """A job's bytes are not those of the images: they are read where it is done."""
    content = pickle.dumps(open_any(source))
    assert source.name.encode() in content and b"00.png" in content
    for row in range(COUNT):
        assert open_any(source).take(slice(row, row + 1)).keys()[0][-30:] not in content
