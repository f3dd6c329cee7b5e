"""Images of any levels, channels and size: coded, decoded, checked, cut, saved from damage."""

from __future__ import annotations

import hashlib
import io
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from level_sets import KINDS, level_array, level_set, model_of, tiny_resnet
from optional import needs_torchac
from reading import decoded, holds_in, npz_of, part_of, salvaged, verified

from acncodec.analysis.priced import bound_nats
from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import read_header
from acncodec.errors import CoderError, ModelError
from acncodec.images import DataSet, load_dataset
from acncodec.models.frozen import FrozenModel
from acncodec.shards.arrange import canonical_order, pixels_digest
from acncodec.stack.orders import permutation_bits

every_kind = pytest.mark.parametrize("kind", KINDS)


def written(data: DataSet, model: FrozenModel, path: Path, **options: Any) -> bytes:
    file = io.BytesIO()
    compress_dataset(data, model, CompressOptions(**options), file)
    path.write_bytes(file.getvalue())
    return file.getvalue()


@every_kind
@pytest.mark.parametrize("order", ["keep", "any"])
def test_images_of_every_kind_come_back(kind: str, order: str, tmp_path: Path) -> None:
    data, model, path = level_set(kind, 21, 1), model_of(kind), tmp_path / "a.acn"
    one = written(data, model, path, order=order, threads=1, batch=7)
    header = read_header(path).header
    assert (header.format_version, header.shape) == (3, data.shape)
    assert header.kind.takes(data.shape, data.levels)
    back = decoded(path, model, threads=2, batch=256)
    assert same_data(data, back, order)
    assert one == written(data, model, path, order=order, threads=2, batch=256)
    assert verified(path, model).images == data.count
    assert holds_in(path, data, model)


@every_kind
def test_both_engines_give_the_same_bytes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, model, path = level_set(kind, 40, 2), model_of(kind), tmp_path / "a.acn"
    monkeypatch.setenv("ACNCODEC_ENGINE", "float64")
    assert model.decoder.engine_on("cpu") == "float64"
    slow = written(data, model, path)
    monkeypatch.setenv("ACNCODEC_ENGINE", "int16")
    assert model.decoder.engine_on("cpu") == "int16"
    assert slow == written(data, model, path)
    assert same_data(data, decoded(path, model), "keep")


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (13, 2), (17, 23)])
def test_one_model_serves_every_size(size: tuple[int, int], tmp_path: Path) -> None:
    model, path = tiny_resnet(3), tmp_path / "a.acn"
    data = level_set("rgb", 9, 3, *size)
    written(data, model, path, order="any")
    assert same_data(data, decoded(path, model), "any")


@pytest.mark.parametrize("levels", [2, 3, 16, 255, 256, 257, 1000, 65536])
def test_one_model_serves_every_number_of_levels(levels: int, tmp_path: Path) -> None:
    dtype = np.uint8 if levels <= 256 else np.uint16
    images = np.random.default_rng(levels).integers(0, levels, (20, 4, 3)).astype(dtype)
    images.flat[:2] = (0, levels - 1)
    np.savez(tmp_path / "x.npz", x=images)
    data, model, path = load_dataset(tmp_path / "x.npz"), tiny_resnet(1), tmp_path / "a.acn"
    written(data, model, path, order="any")
    assert same_data(data, decoded(path, model), "any")


def test_an_archive_is_read_in_another_process(tmp_path: Path) -> None:
    data, model = level_set("rgb", 15, 4), tiny_resnet(3)
    (tmp_path / "model.safetensors").write_bytes(model.to_bytes())
    written(data, model, tmp_path / "a.acn", order="any")
    command = [
        sys.executable, "-m", "acncodec_cli", "decompress", "a.acn", "b.npz", "--model",
        "model.safetensors",
    ]  # fmt: skip
    subprocess.run(command, cwd=tmp_path, check=True, env=os.environ)
    assert same_data(data, load_dataset(tmp_path / "b.npz", layout="nhwc"), "any")


def test_the_digest_is_of_bytes_the_higher_one_first() -> None:
    data = level_set("deep", 12, 5)
    expected = hashlib.sha256(data.pixels.astype(">u2").tobytes())
    assert pixels_digest(data.pixels) == expected.digest()
    by_values = sorted(range(data.count), key=lambda row: data.pixels[row].ravel().tolist())
    assert canonical_order(data.pixels).tolist() == by_values


@pytest.mark.parametrize("kind", ["grey", "deep", "rgb"])
def test_a_set_gives_the_bits_of_its_order_back(kind: str, tmp_path: Path) -> None:
    data, model = level_set(kind, 60, 6), model_of(kind)
    costs = {}
    for order in ("keep", "any"):
        stats = compress_dataset(data, model, CompressOptions(order), io.BytesIO())
        costs[order] = stats
    assert (costs["keep"].ordering, costs["any"].ordering) == ("iid", "set")
    saved = costs["any"].order_nats_per_image
    assert saved is not None
    assert saved * data.count / math.log(2) == pytest.approx(-permutation_bits(60), abs=0.01)
    pixels = costs["keep"].reconstruction_nats_per_image
    assert costs["any"].reconstruction_nats_per_image == pytest.approx(pixels)


def test_bits_per_dim_count_every_byte_of_the_images() -> None:
    data, file = level_set("rgb", 25, 7), io.BytesIO()
    stats = compress_dataset(data, tiny_resnet(3), CompressOptions(), file)
    bits = 8 * (len(file.getvalue()) - stats.side_bytes)
    assert stats.bits_per_dim == bits / data.pixels.size


@every_kind
def test_the_bound_is_what_the_integers_cost(kind: str) -> None:
    data, model = level_set(kind, 30, 8), model_of(kind)
    stats = compress_dataset(data, model, CompressOptions(), io.BytesIO())
    bound, _ = bound_nats(data, model, "iid", "keep", 1, 0)
    assert stats.ideal_nats_per_image == pytest.approx(bound, rel=0.01)


@pytest.mark.parametrize("kind", ["deep", "rgba"])
def test_ranges_and_shards_give_their_images(kind: str, tmp_path: Path) -> None:
    data, model, path = level_set(kind, 30, 9), model_of(kind), tmp_path / "a.acn"
    written(data, model, path, shard_size=10)
    for start, stop in ((0, 0), (3, 5), (9, 21), (0, 32)):
        part, _ = part_of(path, model, start, stop)
        assert np.array_equal(part.pixels, data.pixels[start:stop])
        assert part.pixels.dtype == data.pixels.dtype
    out = tmp_path / "b.npz"
    with out.open("wb") as file:
        npz_of(path, model, file)
    layout = "nhw" if data.shape[0] == 1 else "nhwc"
    assert same_data(data, load_dataset(out, layout=layout), "keep")


def test_whole_shards_are_saved_from_a_damaged_archive(tmp_path: Path) -> None:
    data, model, path = level_set("deep", 30, 10), tiny_resnet(1), tmp_path / "a.acn"
    content = bytearray(written(data, model, path, shard_size=10))
    (place,) = [s.offset for s in read_header(path).sections if s.kind == 1 and s.shard == 1]
    content[place + 20] ^= 1
    path.write_bytes(content)
    saved, loss = salvaged(path, model)
    assert loss.missing == ((10, 20),)
    kept = [*range(10), *range(20, 32)]
    assert np.array_equal(saved.pixels, data.pixels[kept]) and saved.pixels.dtype == np.uint16


@pytest.mark.parametrize("kind", ["grey", "deep", "la"])
def test_labels_are_coded_given_the_images(kind: str, tmp_path: Path) -> None:
    images = level_array(kind, 300, 11)
    labels = (images.reshape(len(images), -1)[:, 0] > images.mean()).astype(np.uint8)
    np.savez(tmp_path / "x.npz", x=images, y=labels)
    layout = "nhw" if images.ndim == 3 else "nhwc"
    data, model = load_dataset(tmp_path / "x.npz", layout=layout), model_of(kind)
    path = tmp_path / "a.acn"
    written(data, model, path)
    assert read_header(path).header.labels == (0,)
    assert same_data(data, decoded(path, model), "keep")


@needs_torchac
@pytest.mark.parametrize("kind", ["grey", "rgb", "two"])
def test_torchac_codes_up_to_256_levels(kind: str, tmp_path: Path) -> None:
    data, model, path = level_set(kind, 12, 12, 3, 4), model_of(kind), tmp_path / "a.acn"
    one = written(data, model, path, order="any", coder="torchac", threads=1, batch=5)
    assert same_data(data, decoded(path, model), "any")
    assert one == written(data, model, path, order="any", coder="torchac", threads=2)


def test_torchac_refuses_more_levels_by_name(tmp_path: Path) -> None:
    data = level_set("deep", 12, 13)
    with pytest.raises(CoderError, match="torchac codes images of up to 256 levels, not 65536"):
        compress_dataset(data, tiny_resnet(1), CompressOptions(coder="torchac"), io.BytesIO())


def test_a_model_refuses_other_channels(tmp_path: Path) -> None:
    data, path = level_set("rgb", 5, 14), tmp_path / "a.acn"
    with pytest.raises(
        ModelError, match=r"codes images of 1 channel\(s\), any size and any levels"
    ):
        compress_dataset(data, tiny_resnet(1), CompressOptions(), io.BytesIO())
    written(data, tiny_resnet(3), path)
    with pytest.raises(ModelError, match="needs model"):
        decoded(path, tiny_resnet(3, seed=2))


def test_no_image_at_all_comes_back(tmp_path: Path) -> None:
    data = level_set("deep", 4, 15)
    empty = DataSet(data.pixels[:0], data.spec, ())
    written(empty, tiny_resnet(1), tmp_path / "a.acn")
    back = decoded(tmp_path / "a.acn", tiny_resnet(1))
    assert back.pixels.shape == (0, 1, 6, 5) and back.pixels.dtype == np.uint16
