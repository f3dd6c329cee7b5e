"""Baselines through whole files: every order, duplicates, speeds, and a second reader."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from reading import decoded
from second_reader import Malformed, read
from tiny import blobs

from acncodec.analysis.bench import bench_dataset
from acncodec.codec import CompressOptions, CompressStats, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import Section, SectionType, read_archive, write_archive
from acncodec.errors import CoderError, FormatError, ModelError
from acncodec.families.family import CODES
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel
from acncodec.shards.arrange import arrange
from acncodec.stack.orders import permutation_bits

TABLES = Path(__file__).parent.parent / "acncodec" / "arithmetic" / "tables.safetensors"
SPEC = ImageSpec("x", "uint8", "nhw", (0, 1))
ORDERS = (("keep", "iid"), ("keep", "auto"), ("any", "iid"), ("any", "set"), ("any", "auto"))


def dataset(pixels: NDArray[np.uint8]) -> DataSet:
    labels = SideArray("y", np.arange(len(pixels)) % 10, aligned=True)
    return DataSet(pixels, SPEC, (labels,), pixels.nbytes)


def packed(data: DataSet, model: FrozenModel, path: Path, **options: object) -> CompressStats:
    file = io.BytesIO()
    stats = compress_dataset(data, model, CompressOptions(**options), file)  # type: ignore[arg-type]
    path.write_bytes(file.getvalue())
    return stats


@pytest.mark.parametrize(("order", "ordering"), ORDERS)
def test_a_file_gives_back_what_went_in(
    baseline: FrozenModel, tmp_path: Path, order: str, ordering: str
) -> None:
    data = dataset(np.concatenate([blobs(60, 5), blobs(60, 5)[:30]]))
    path = tmp_path / "a.acn"
    stats = packed(data, baseline, path, order=order, ordering=ordering)
    assert stats.distinct < 90 and stats.ordering in ("iid", "set")
    assert same_data(data, decoded(path, baseline, threads=1, batch=7), order)
    assert read_archive(path).header.format_version == 2


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_images(baseline: FrozenModel, tmp_path: Path, count: int) -> None:
    data = dataset(blobs(count, 5))
    for order in ("keep", "any"):
        packed(data, baseline, tmp_path / "a.acn", order=order)
        assert same_data(data, decoded(tmp_path / "a.acn", baseline), order)


def test_threads_and_batch_change_no_byte(baseline: FrozenModel, tmp_path: Path) -> None:
    data, path = dataset(blobs(120, 6)), tmp_path / "a.acn"
    for order in ("keep", "any"):
        packed(data, baseline, path, order=order, threads=1, batch=7)
        one = path.read_bytes()
        packed(data, baseline, path, order=order, threads=2, batch=256)
        assert path.read_bytes() == one
        for speed in ({"threads": 2, "batch": 11}, {"threads": 1, "batch": 500}):
            assert same_data(data, decoded(path, baseline, **speed), order)


def test_a_tour_needs_a_prior_network(baseline: FrozenModel, tmp_path: Path) -> None:
    data = dataset(blobs(20, 6))
    with pytest.raises(CoderError, match="no prior network, which the ordering `tour` needs"):
        packed(data, baseline, tmp_path / "a.acn", ordering="tour")
    with pytest.raises(CoderError, match="there are iid, set"):
        bench_dataset(data, baseline, orderings=("tour",), samples=2)


def test_a_file_that_claims_a_tour_is_refused(baseline: FrozenModel, tmp_path: Path) -> None:
    path, model = tmp_path / "a.acn", tmp_path / "model.safetensors"
    packed(dataset(blobs(20, 6)), baseline, path, ordering="iid")
    archive = read_archive(path)
    shard = replace(archive.header.shards[0], strategy="tour", sizes=(10, 10))
    with path.open("wb") as file:
        sections = [Section(SectionType.STACK, 0, archive.stack(0))]
        write_archive(file, replace(archive.header, shards=(shard,), labels=()), sections)
    with pytest.raises(FormatError, match="tour"):
        decoded(path, baseline)
    model.write_bytes(baseline.to_bytes())
    with pytest.raises(Malformed):
        read(path, model, TABLES)


def test_the_profile_in_the_header_is_the_models(
    baseline: FrozenModel, tiny_model: FrozenModel, tmp_path: Path
) -> None:
    path = tmp_path / "a.acn"
    packed(dataset(blobs(20, 6)), baseline, path)
    with pytest.raises(ModelError):
        decoded(path, tiny_model)
    archive = read_archive(path)
    with path.open("wb") as file:
        sections = [Section(SectionType.STACK, 0, archive.stack(0))]
        write_archive(file, replace(archive.header, profile="int15", labels=()), sections)
    with pytest.raises(FormatError, match="profile"):
        decoded(path, baseline)


@pytest.mark.parametrize(("order", "ordering"), [("keep", "iid"), ("any", "set")])
def test_the_second_reader_agrees(
    baseline: FrozenModel, tmp_path: Path, order: str, ordering: str
) -> None:
    path, model = tmp_path / "a.acn", tmp_path / "model.safetensors"
    pixels = np.concatenate([blobs(25, 7), blobs(25, 7)[:3]])
    packed(dataset(pixels), baseline, path, order=order, ordering=ordering)
    model.write_bytes(baseline.to_bytes())
    back = decoded(path, baseline)
    given = read(path, model, TABLES)
    assert np.array_equal(given["x"], back.pixels[:, 0])
    assert np.array_equal(given["y"], back.side[0].array)


def test_a_set_gives_the_order_back_without_latents_too(
    baseline: FrozenModel, tmp_path: Path
) -> None:
    data, path = dataset(np.unique(blobs(400, 8), axis=0)), tmp_path / "a.acn"
    plain = packed(data, baseline, path, order="any", ordering="iid")
    free = packed(data, baseline, path, order="any", ordering="set")
    given_back = permutation_bits(data.count) * np.log(2) / data.count
    assert free.order_nats_per_image == pytest.approx(-given_back, rel=1e-4)
    assert plain.order_nats_per_image == 0.0
    if not baseline.can(CODES):
        assert plain.kl_nats_per_image == free.kl_nats_per_image == 0.0
        # The same numbers, added in another order.
        reconstruction = pytest.approx(free.reconstruction_nats_per_image, rel=1e-12)
        assert plain.reconstruction_nats_per_image == reconstruction
        # One batch of all, nothing in the ramp's way; the digest, and at most a word to round.
        assert read_archive(path).header.shards[0].seed_blocks == 1
        assert 200 < plain.initial_bits < 300


def test_without_latents_batches_are_as_wide_as_they_may_be(tmp_path: Path) -> None:
    from tiny import frozen

    model = frozen(1, "pixelcnn")
    data = dataset(np.unique(blobs(700, 8), axis=0))
    path = tmp_path / "a.acn"
    packed(data, model, path, order="keep")
    distinct = len(arrange(data, keep=True).pixels)
    assert read_archive(path).header.shards[0].sizes == (512, distinct - 512)
