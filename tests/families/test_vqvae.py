"""Models with a codebook: a file holds their codes, then pixels given them, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from level_sets import KINDS, level_set
from reading import carried_by, decoded, verified
from tiny import blobs
from tiny_codes import tiny_vqvae

from acncodec.analysis.bench import bench_dataset
from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import read_archive, read_header
from acncodec.engines.choice import VARIABLE
from acncodec.engines.int16.tile import lanes
from acncodec.errors import ModelError
from acncodec.families.vqvae import ANY, VQVAEConfig
from acncodec.images import DataSet, ImageSpec
from acncodec.models.coded import code_model, decode_model
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.sampling import sample
from acncodec.stack.coders import reader


def binary_set(count: int, seed: int) -> DataSet:
    """Images of blobs, 6x5, 0 and 1."""
    pixels = blobs(count, seed, 6, 5)
    return DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)), (), pixels.nbytes)


def written(data: DataSet, model: FrozenModel, path: Path, **options: Any) -> bytes:
    file = io.BytesIO()
    compress_dataset(data, model, CompressOptions(**options), file)
    path.write_bytes(file.getvalue())
    return file.getvalue()


@pytest.mark.parametrize("kind", ["grey", "rgb", "deep", "two"])
@pytest.mark.parametrize("order", ["keep", "any"])
def test_images_of_any_levels_come_back(kind: str, order: str, tmp_path: Path) -> None:
    data, model, path = level_set(kind, 21, 1), tiny_vqvae(KINDS[kind]), tmp_path / "a.acn"
    one = written(data, model, path, order=order, threads=1, batch=7)
    header = read_header(path).header
    assert (header.format_version, header.profile) == (5, "int15-vqvae")
    assert same_data(data, decoded(path, model, threads=2, batch=256), order)
    assert one == written(data, model, path, order=order, threads=2, batch=256)
    assert verified(path, model).images == data.count


@pytest.mark.skipif(not lanes(), reason="this processor has no product of int16")
@pytest.mark.parametrize("binary", [True, False])
def test_both_engines_give_the_same_bytes(
    binary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = binary_set(40, 2) if binary else level_set("grey", 40, 2)
    model, path = tiny_vqvae(1, binary=binary), tmp_path / "a.acn"
    monkeypatch.setenv(VARIABLE, "float64")
    slow = written(data, model, path)
    monkeypatch.setenv(VARIABLE, "int16")
    assert slow == written(data, model, path)
    assert same_data(data, decoded(path, model), "keep")


@pytest.mark.parametrize("binary", [True, False])
def test_a_file_holds_the_codes_of_its_images_and_needs_no_encoder(
    binary: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = binary_set(30, 3) if binary else level_set("rgb", 30, 3)
    model, path = tiny_vqvae(1 if binary else 3, binary=binary), tmp_path / "a.acn"
    written(data, model, path, ordering="iid")
    header = read_header(path).uniform
    (shard,) = header.shards
    stack = reader(header.coder, read_archive(path).stack(0))
    with Workers(1, 64) as workers:
        z = model.latents.prior(shard.sizes[0]).pop(stack)
        codes = encode_images(model, data.pixels, workers, data.levels)
    assert len(np.unique(z)) > 2
    _, first = np.unique(data.pixels.reshape(data.count, -1), axis=0, return_index=True)
    assert np.array_equal(z, codes[np.sort(first)][: len(z)])

    def lost(*_: object) -> None:
        raise AssertionError("nobody encodes")

    monkeypatch.setattr("acncodec.shards.codec.encode_images", lost)
    assert same_data(data, decoded(path, model), "keep")
    with pytest.raises(AssertionError, match="nobody"):
        written(data, model, path)


def test_latents_cost_what_the_prior_says_of_the_codes() -> None:
    data, model = binary_set(50, 4), tiny_vqvae(binary=True)
    file = io.BytesIO()
    stats = compress_dataset(data, model, CompressOptions(ordering="iid"), file)
    distinct = np.unique(data.pixels, axis=0)
    with Workers(1, 64) as workers:
        codes = encode_images(model, distinct, workers)
    bits = model.latents.prices().unconditional(codes).sum()
    assert stats.ledger_bits.latents == pytest.approx(bits, abs=1e-3)


@pytest.mark.parametrize("ordering", ["iid", "set"])
def test_bound_and_file_differ_by_rounding_and_by_what_is_around(ordering: str) -> None:
    data, model = binary_set(80, 5), tiny_vqvae(binary=True)
    options = CompressOptions("any", threads=1, batch=64)
    found = bench_dataset(data, model, options, [ordering])["orderings"][ordering]
    gap = found["difference_nats"]
    assert found["restored_exactly"]
    assert abs(gap["discretisation"]) < 0.5 and abs(gap["integer_networks"]) < 0.2
    assert abs(gap["frequency_rounding"]) < 0.05 and gap["lane_starts"] == 0
    assert abs(gap["sampling"]) < 0.5


def test_a_model_goes_into_the_file(tmp_path: Path) -> None:
    data, model, path = level_set("rgb", 20, 6), tiny_vqvae(3), tmp_path / "a.acn"
    back = decode_model(code_model(model), model.profile, "x")
    assert back.model_id == model.model_id
    written(data, model, path, embed=True)
    assert same_data(data, decoded(path, carried_by(path)), "keep")


def test_samples_come_from_the_prior_of_the_codes() -> None:
    model = tiny_vqvae(binary=True)
    with Workers(1, 4) as one, Workers(2, 64) as two:
        few, many = sample(model, 40, 1, one), sample(model, 50, 1, two)
    assert few.shape == (40, 1, 6, 5) and set(np.unique(few)) == {0, 1}
    assert np.array_equal(few, many[:40]) and len(np.unique(many, axis=0)) > 10


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"levels": 256}, "levels is 256"), ({"channels": 3}, "only binary"),
        ({"codes": 1}, "2 to 256"), ({"codes": 257}, "2 to 256"),
        ({"encoder_strides": (2, 1, 1)}, "halve"), ({"encoder_strides": (2, 2, 2)}, "halve"),
        ({"encoder_strides": (2,)}, "differ in length"), ({"vertical_kernel": (2, 4)}, "odd"),
        ({"levels": ANY, "channels": 5}, "1 to 4 channels"),
    ],
)  # fmt: skip
def test_sizes_of_which_there_is_no_model_are_refused(sizes: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        VQVAEConfig(**sizes)


def test_what_a_model_takes_follows_from_its_levels() -> None:
    binary, levels = VQVAEConfig().accepts, VQVAEConfig(levels=ANY, channels=3).accepts
    assert binary.takes((1, 28, 28), 2) and not binary.takes((1, 28, 28), 3)
    assert levels.takes((3, 28, 28), 256) and levels.takes((3, 28, 28), 2)
    assert VQVAEConfig(height=30, width=33).latent_dim == 8 * 9
