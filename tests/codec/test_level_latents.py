"""Latents on images of any levels, channels and size: every order, both ways, to the byte."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from level_sets import KINDS, level_array, level_set, model_of, tiny_acn
from reading import decoded, holds_in, part_of

from acncodec.analysis.priced import bound_nats
from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import read_header
from acncodec.engines.choice import VARIABLE
from acncodec.errors import ModelError
from acncodec.images import DataSet, load_dataset
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers
from acncodec.stack.orders import permutation_bits

ORDERINGS = (
    ("keep", {"ordering": "iid"}),
    ("keep", {"ordering": "tour", "solver": "greedy"}),
    ("keep", {}),
    ("any", {"ordering": "iid"}),
    ("any", {"ordering": "tour", "solver": "improved"}),
    ("any", {"ordering": "set"}),
    ("any", {"ordering": "urn"}),
    ("any", {}),
)


def written(data: DataSet, model: FrozenModel, path: Path, **options: Any) -> bytes:
    file = io.BytesIO()
    compress_dataset(data, model, CompressOptions(**options), file)
    path.write_bytes(file.getvalue())
    return file.getvalue()


@pytest.mark.parametrize("kind", ["grey", "rgb"])
@pytest.mark.parametrize(("order", "options"), ORDERINGS)
def test_images_come_back_in_every_ordering(
    kind: str, order: str, options: dict[str, str], tmp_path: Path
) -> None:
    data, model, path = level_set(kind, 38, 1), model_of(kind, latents=True), tmp_path / "a.acn"
    one = written(data, model, path, order=order, threads=1, batch=7, **options)
    header = read_header(path).header
    assert (header.format_version, header.profile) == (3, "int15-acn-resnet")
    assert header.shards[0].strategy == options.get("ordering", header.shards[0].strategy)
    assert same_data(data, decoded(path, model, threads=2, batch=256), order)
    assert one == written(data, model, path, order=order, threads=2, batch=256, **options)
    assert holds_in(path, data, model)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("grey", "rgb")])
def test_images_of_every_kind_come_back(kind: str, tmp_path: Path) -> None:
    data, model, path = level_set(kind, 12, 2), model_of(kind, latents=True), tmp_path / "a.acn"
    written(data, model, path, order="any", ordering="set")
    assert same_data(data, decoded(path, model), "any")


@pytest.mark.parametrize("kind", ["grey", "rgb", "deep"])
def test_both_engines_give_the_same_bytes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, model, path = level_set(kind, 30, 2), model_of(kind, latents=True), tmp_path / "a.acn"
    monkeypatch.setenv(VARIABLE, "float64")
    slow = written(data, model, path, order="any", ordering="set")
    monkeypatch.setenv(VARIABLE, "int16")
    assert slow == written(data, model, path, order="any", ordering="set")
    assert same_data(data, decoded(path, model), "any")


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (13, 2), (17, 23)])
def test_one_model_serves_every_size(size: tuple[int, int], tmp_path: Path) -> None:
    model, path = tiny_acn(3), tmp_path / "a.acn"
    data = level_set("rgb", 9, 3, *size)
    written(data, model, path, order="any", ordering="tour")
    assert same_data(data, decoded(path, model), "any")


@pytest.mark.parametrize("levels", [2, 17, 257])
def test_one_model_serves_every_number_of_levels(levels: int, tmp_path: Path) -> None:
    dtype = np.uint8 if levels <= 256 else np.uint16
    images = np.random.default_rng(levels).integers(0, levels, (20, 4, 3)).astype(dtype)
    images.flat[:2] = (0, levels - 1)
    np.savez(tmp_path / "x.npz", x=images)
    data, model, path = load_dataset(tmp_path / "x.npz"), tiny_acn(1), tmp_path / "a.acn"
    written(data, model, path, order="any", ordering="urn")
    assert same_data(data, decoded(path, model), "any")


def test_codes_depend_on_the_number_of_levels() -> None:
    data, model = level_set("grey", 5, 4), tiny_acn(1)
    with Workers(1, 64) as workers:
        codes = [encode_images(model, data.pixels, workers, levels) for levels in (256, 1024)]
        with pytest.raises(ModelError, match="how many there are is not said"):
            encode_images(model, data.pixels, workers)
    assert codes[0].shape == (7, 4) and not np.array_equal(*codes)


@pytest.mark.parametrize("kind", ["grey", "rgb"])
def test_the_file_costs_what_the_float_model_expects(kind: str) -> None:
    data, model = level_set(kind, 60, 8), model_of(kind, latents=True)
    for order, ordering in (("keep", "iid"), ("any", "set")):
        stats = compress_dataset(data, model, CompressOptions(order, ordering), io.BytesIO())
        bound, _ = bound_nats(data, model, ordering, order, 4, 0)
        assert stats.ideal_nats_per_image == pytest.approx(bound, rel=0.01)


def test_a_set_gives_the_bits_of_its_order_back() -> None:
    data, model = level_set("grey", 60, 6), tiny_acn(1)
    stats = compress_dataset(data, model, CompressOptions("any", "set"), io.BytesIO())
    assert stats.order_nats_per_image is not None
    bits = stats.order_nats_per_image * data.count / np.log(2)
    assert bits == pytest.approx(-permutation_bits(60), abs=0.01)


def test_labels_are_coded_given_the_images_and_their_codes(tmp_path: Path) -> None:
    images = level_array("grey", 300, 11)
    labels = (images.reshape(len(images), -1)[:, 0] > images.mean()).astype(np.uint8)
    np.savez(tmp_path / "x.npz", x=images, y=labels)
    data, model, path = load_dataset(tmp_path / "x.npz"), tiny_acn(1), tmp_path / "a.acn"
    written(data, model, path, ordering="iid")
    assert read_header(path).header.labels == (0,)
    assert same_data(data, decoded(path, model), "keep")


def test_shards_and_ranges_give_their_images(tmp_path: Path) -> None:
    data, model, path = level_set("rgb", 30, 9), tiny_acn(3), tmp_path / "a.acn"
    written(data, model, path, shard_size=10)
    for start, stop in ((0, 0), (9, 21)):
        part, _ = part_of(path, model, start, stop)
        assert np.array_equal(part.pixels, data.pixels[start:stop])
