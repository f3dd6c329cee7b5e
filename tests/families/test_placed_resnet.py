"""Models that are told where a pixel is: there and back, by any engine, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from contracts.family import written
from level_sets import KINDS, level_set, tiny_placed, tiny_resnet
from one_size import check_engines, check_levels_side_by_side, check_mixed_set
from reading import decoded
from tiny import with_tensor

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import read_header
from acncodec.contracts.image_kind import ImageKind
from acncodec.engines.choice import VARIABLE
from acncodec.engines.int16.tile import lanes
from acncodec.errors import DataError, ModelError
from acncodec.families.causal_resnet import LADDER, ResNetConfig
from acncodec.families.placed_resnet import FAMILY, PlacedResNetConfig, told_places
from acncodec.models.build import float_networks
from acncodec.models.coded import code_model, decode_model
from acncodec.run.workers import Workers


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("order", ["keep", "any"])
def test_images_of_every_kind_come_back(kind: str, order: str, tmp_path: Path) -> None:
    data, model, path = level_set(kind, 21, 1), tiny_placed(KINDS[kind]), tmp_path / "a.acn"
    one = written(data, model, path, order=order, threads=1, batch=7)
    header = read_header(path).header
    assert (header.format_version, header.profile) == (7, "int15-placed-resnet")
    assert same_data(data, decoded(path, model, threads=2, batch=256), order)
    assert one == written(data, model, path, order=order, threads=2, batch=256)


@pytest.mark.skipif(not lanes(), reason="this processor has no product of int16")
@pytest.mark.parametrize("kind", ["grey", "rgb", "deep"])
def test_both_engines_give_the_same_bytes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, model, path = level_set(kind, 40, 2), tiny_placed(KINDS[kind]), tmp_path / "a.acn"
    check_engines(data, model, path, monkeypatch)


def test_images_of_several_levels_go_side_by_side() -> None:
    check_levels_side_by_side(tiny_placed(3))


def test_a_mixed_set_has_the_images_of_its_size_modelled(tmp_path: Path) -> None:
    check_mixed_set(tiny_placed(1), tmp_path / "a.acn")


def test_what_it_costs_is_what_the_float_network_says() -> None:
    data, model = level_set("rgb", 60, 5), tiny_placed(3)
    z = np.zeros((data.count, 0), np.int64)
    with Workers(1, 64) as workers:
        likelihood = model.likelihood.of(ImageKind.of(data.shape, data.levels))
        bits = likelihood.codec(z, workers).bits(data.pixels)
    with torch.no_grad():
        x = torch.from_numpy(data.pixels.astype(np.float32))
        nats = float_networks(model).nats(x, x.new_zeros(len(x), 0), data.levels).sum()
    assert bits == pytest.approx(float(nats) / np.log(2), rel=5e-3)


def test_a_place_alone_changes_what_is_expected() -> None:
    net = float_networks(tiny_placed(1))
    x = torch.zeros(1, 1, 6, 5)
    before = net.nats(x, x.new_zeros(1, 0), 256)
    with torch.no_grad():
        net.decoder.place.weight[:, 3] += 1.0
    assert not torch.equal(before, net.nats(x, x.new_zeros(1, 0), 256))


def test_a_coded_model_is_the_model() -> None:
    model = tiny_placed(3)
    back = decode_model(code_model(model), FAMILY.profile, model.name)
    assert (back.model_id, back.config) == (model.model_id, model.config)


def test_another_size_or_count_of_channels_is_refused() -> None:
    for data in (level_set("grey", 9, 1, 5, 6), level_set("rgb", 9, 1)):
        with pytest.raises((DataError, ModelError), match="6x5"):
            compress_dataset(data, tiny_placed(1), CompressOptions(), io.BytesIO())


@pytest.mark.parametrize("value", [16383, -16383])
def test_extreme_places_code_exactly(
    value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, data = with_tensor(tiny_placed(3), "decoder.place.weight", value), level_set("rgb", 9, 1)
    monkeypatch.setenv(VARIABLE, "float64")
    slow = written(data, model, tmp_path / "a.acn", order="any")
    monkeypatch.setenv(VARIABLE, "auto")
    assert slow == written(data, model, tmp_path / "a.acn", order="any")
    assert same_data(data, decoded(tmp_path / "a.acn", model), "any")


def test_a_bound_that_a_place_could_leave_is_refused() -> None:
    with pytest.raises(ModelError, match="accumulator"):
        with_tensor(tiny_placed(1), "decoder.place.bias", 1 << 53)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"image_height": 65}, "1 to 64 rows and columns"),
        ({"image_width": 65}, "1 to 64 rows and columns"),
        ({"image_width": 0}, "out of range"),
        ({"columns": 4}, "odd"),
        ({"height": 6}, "unknown key 'height'"),
    ],
)
def test_sizes_of_which_there_is_no_network_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ModelError, match=words):
        PlacedResNetConfig.from_json(given)


def test_a_config_follows_the_images_and_takes_any_levels_of_them() -> None:
    config = PlacedResNetConfig().for_images((2, 9, 7))
    assert config == PlacedResNetConfig(2, image_height=9, image_width=7)
    assert config.accepts.takes((2, 9, 7), 2) and config.accepts.takes((2, 9, 7), 65536)
    assert not config.accepts.takes((2, 7, 9), 256) and not config.accepts.takes((1, 9, 7), 256)
    with pytest.raises(ModelError, match="65 x 7"):
        config.for_images((1, 65, 7))


def test_its_ladder_is_that_of_the_decoder_of_any_size() -> None:
    assert FAMILY.ladder == tuple(map(told_places, LADDER))
    (config,) = {told_places(ResNetConfig(1, width=12))}
    assert isinstance(config, PlacedResNetConfig) and config.width == 12
    assert tiny_placed(1).tensors().keys() - tiny_resnet(1).tensors().keys() == {
        f"decoder.place.{part}" for part in ("weight", "lift", "bias", "shift")
    }


def test_decoding_an_image_takes_what_it_takes_by_the_decoder_of_any_size() -> None:
    placed, plain = tiny_placed(3), tiny_resnet(3)
    assert placed.macs_of((6, 5)) == plain.macs_of((6, 5)) == placed.decoder.sized(6, 5, 2).macs
    assert placed.macs_of((6, 5)) == 30 * plain.macs_of((1, 1))
