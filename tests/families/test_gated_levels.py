"""Gated models of images of any levels: there and back, by any engine, and what is refused."""

from __future__ import annotations

import contextlib
import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from contracts.family import written
from level_sets import KINDS, level_set
from one_size import check_engines, check_levels_side_by_side, check_mixed_set
from reading import decoded, verified
from tiny import with_tensor

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import read_header
from acncodec.contracts.image_kind import ImageKind
from acncodec.engines.choice import VARIABLE
from acncodec.engines.int16.tile import lanes
from acncodec.errors import CoderError, DataError, ModelError
from acncodec.families import causal_resnet, gated_levels
from acncodec.families.causal_resnet import ResNetConfig
from acncodec.families.gated_levels import FAMILY, GatedLevelsConfig
from acncodec.images.load import load_dataset
from acncodec.learning.fitting import Fitted
from acncodec.models.build import float_networks, freeze_model
from acncodec.models.coded import code_model, decode_model
from acncodec.models.frozen import FrozenModel
from acncodec.run.workers import Workers

SIZES = {
    "decoder_filters": 6, "decoder_blocks": 2, "vertical_kernel": (2, 3), "horizontal_kernel": 2,
    "input_vertical_kernel": (2, 3), "input_horizontal_kernel": 2, "head_filters": 8,
    "components": 2,
}  # fmt: skip


@cache
def tiny(channels: int, height: int = 6, width: int = 5, seed: int = 1) -> FrozenModel:
    """A frozen untrained model; `seed` changes every tensor."""
    torch.manual_seed(seed)
    net = gated_levels.build(GatedLevelsConfig(height, width, channels, **SIZES)).eval()
    images = np.random.default_rng(seed).integers(0, 256, (40, channels, height, width))
    given = torch.from_numpy(images).float()
    name = f"tiny-gated-{channels}-{seed}"
    return freeze_model(FAMILY, net, Fitted(levels=256), given, name, {"about": "a test model"})


def model_of(kind: str) -> FrozenModel:
    return tiny(KINDS[kind])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["keep", "any"])
def test_images_of_every_kind_come_back(kind: str, order: str, tmp_path: Path) -> None:
    data, model, path = level_set(kind, 21, 1), model_of(kind), tmp_path / "a.acn"
    one = written(data, model, path, order=order, threads=1, batch=7)
    header = read_header(path).header
    assert (header.format_version, header.profile) == (4, "int15-gated-levels")
    assert same_data(data, decoded(path, model, threads=2, batch=256), order)
    assert one == written(data, model, path, order=order, threads=2, batch=256)
    assert verified(path, model).images == data.count


@pytest.mark.skipif(not lanes(), reason="this processor has no product of int16")
@pytest.mark.parametrize("kind", ["grey", "rgb", "deep"])
def test_both_engines_give_the_same_bytes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, model, path = level_set(kind, 40, 2), model_of(kind), tmp_path / "a.acn"
    check_engines(data, model, path, monkeypatch)


@pytest.mark.parametrize("levels", [2, 3, 16, 255, 256, 257, 1000, 65536])
def test_one_model_serves_every_number_of_levels(levels: int, tmp_path: Path) -> None:
    dtype = np.uint8 if levels <= 256 else np.uint16
    images = np.random.default_rng(levels).integers(0, levels, (20, 6, 5)).astype(dtype)
    images.flat[:2] = (0, levels - 1)
    np.savez(tmp_path / "x.npz", x=images)
    data, path = load_dataset(tmp_path / "x.npz"), tmp_path / "a.acn"
    assert data.levels == levels
    written(data, tiny(1), path, order="any")
    assert same_data(data, decoded(path, tiny(1)), "any")


def test_images_of_several_levels_go_side_by_side() -> None:
    check_levels_side_by_side(tiny(3))


def test_a_mixed_set_has_the_images_of_its_size_modelled(tmp_path: Path) -> None:
    check_mixed_set(tiny(1), tmp_path / "a.acn")


def test_what_it_costs_is_what_the_float_network_says() -> None:
    data, model = level_set("rgb", 60, 5), tiny(3)
    with Workers(1, 64) as workers:
        likelihood = model.likelihood.of(ImageKind.of(data.shape, data.levels))
        z = np.zeros((data.count, 0), np.int64)
        bits = likelihood.codec(z, workers).bits(data.pixels)
        real = likelihood.real_bits(z, data.pixels, workers)
    assert bits == pytest.approx(real, rel=2e-3)
    with torch.no_grad():
        x = torch.from_numpy(data.pixels.astype(np.float32))
        nats = float_networks(model).nats(x, x.new_zeros(len(x), 0), data.levels).sum()
    assert bits == pytest.approx(float(nats) / np.log(2), rel=5e-3)


def test_a_coded_model_is_the_model() -> None:
    model = tiny(3)
    back = decode_model(code_model(model), FAMILY.profile, model.name)
    assert (back.model_id, back.config) == (model.model_id, model.config)


def test_another_size_or_count_of_channels_is_refused() -> None:
    for data in (level_set("grey", 9, 1, 5, 6), level_set("rgb", 9, 1)):
        with pytest.raises((DataError, ModelError), match="6x5"):
            compress_dataset(data, tiny(1), CompressOptions(), io.BytesIO())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("decoder.vertical_in.weight", 16383), ("decoder.horizontal_in.shift", 0),
        ("decoder.0.vertical.shift", 40), ("decoder.1.residual.weight", -16383),
        ("decoder.head.shift", 0), ("decoder.outputs.0.weight", 16383),
        ("decoder.outputs.1.shift", 0), ("decoder.outputs.2.up", 20),
        ("decoder.outputs.3.bias", -(1 << 40)),
    ],
)  # fmt: skip
def test_extreme_numbers_code_exactly(
    name: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, data, files = with_tensor(tiny(3), name, value), level_set("rgb", 20, 1), []
    for engine in ("float64", "auto"):
        monkeypatch.setenv(VARIABLE, engine)
        file = io.BytesIO()
        with contextlib.suppress(CoderError):
            compress_dataset(data, model, CompressOptions("any"), file)
        files.append(file.getvalue())
    assert files[0] == files[1] != b""
    (tmp_path / "a.acn").write_bytes(files[0])
    assert same_data(data, decoded(tmp_path / "a.acn", model), "any")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("decoder.outputs.1.up", 48, "out of range"), ("decoder.outputs.1.up", 49, "not in 0..48"),
        ("decoder.vertical_in.bias", 1 << 53, "accumulator"),
        ("decoder.0.residual.shift", 41, "not in 0..40"),
        ("decoder.horizontal_scales", 15, "not in 0..14"),
    ],
)  # fmt: skip
def test_numbers_that_could_leave_their_range_are_refused(
    name: str, value: int, words: str
) -> None:
    with pytest.raises(ModelError, match=words):
        with_tensor(tiny(3), name, value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"channels": 5}, "1 to 4 channels"),
        ({"components": 65}, "1 to 64 components"),
        ({"spikes": ["w", "w"]}, "repeated"),
        ({"spikes": ["here"]}, "unknown"),
        ({"vertical_kernel": [2, 4]}, "columns must be odd"),
        ({"input_vertical_kernel": [3]}, r"must be \[rows, columns\]"),
        ({"levels": 256}, "unknown key 'levels'"),
        ({"latent_dim": 4}, "unknown key 'latent_dim'"),
        ({"height": 0}, "out of range"),
    ],
)
def test_sizes_of_which_there_is_no_network_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        GatedLevelsConfig.from_json(given)


def test_a_config_follows_the_images_and_takes_any_levels_of_them() -> None:
    config = GatedLevelsConfig().for_images((3, 9, 7))
    assert config == GatedLevelsConfig(9, 7, 3)
    assert config.accepts.takes((3, 9, 7), 2) and config.accepts.takes((3, 9, 7), 65536)
    assert not config.accepts.takes((3, 7, 9), 256) and not config.accepts.takes((1, 9, 7), 256)
    assert GatedLevelsConfig.from_json({"spikes": []}).head.spikes == ()


@pytest.mark.parametrize(("preset", "channels"), [("grey-gated", 1), ("rgb-gated", 3)])
def test_presets_are_as_large_as_the_any_size_decoder_of_52_000_weights(
    preset: str, channels: int
) -> None:
    (chosen,) = [one for one in FAMILY.presets if one.name == preset]
    assert chosen.config.accepts.channels == channels
    other = ResNetConfig(channels, width=32, blocks=4, hidden=64)
    ours, theirs = (
        sum(value.numel() for value in net.parameters())
        for net in (gated_levels.build(chosen.config), causal_resnet.build(other))
    )
    assert 0.97 < ours / theirs < 1.03
