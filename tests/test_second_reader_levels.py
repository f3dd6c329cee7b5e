"""What the second reader rejects of version 3: headers, models, stacks of several levels."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acn_files import AcnFile
from mixed_files import GOLDEN, TABLES, golden_model
from second_reader import Malformed, read
from second_reader.config import complete_config
from second_reader.models import load_model
from second_reader.promises import check_tensors
from second_reader.safetensors import read_safetensors
from second_reader.tables import Tables, shares

STACK = 1
EQUAL, DEEP, TORCHAC = "any-set-equal", "keep-iid-deep", "any-set-grey-torchac"


def opened(name: str) -> AcnFile:
    return AcnFile.from_bytes((GOLDEN / f"{name}.acn").read_bytes())


def rejects(file: AcnFile, folder: Path, message: str, channels: int = 1) -> None:
    path = folder / "a.acn"
    path.write_bytes(file.to_bytes())
    with pytest.raises(Malformed, match=message):
        read(path, golden_model(channels), TABLES)


Change = Callable[[dict[str, Any]], Any]
HEADERS: dict[str, tuple[str, str, Change]] = {
    "two equal channels": (EQUAL, "equal channels", lambda h: h.update(r=2)),
    "equal channels of nhw": (EQUAL, "nhw of equal channels", lambda h: h.update(l="nhw")),
    "five channels": (EQUAL, "too many channels", lambda h: h.update(s=[3, 6, 5])),
    "five channels of the model": (EQUAL, "channels", lambda h: h.update(s=[5, 6, 5])),
    "one level": (EQUAL, "number of levels", lambda h: h.update(v=1)),
    "too many levels": (DEEP, "number of levels", lambda h: h.update(v=65_537)),
    "levels beyond one byte": (EQUAL, "the dtype has not", lambda h: h.update(v=257)),
    "a level beyond one byte": (EQUAL, "the dtype has not", lambda h: h.update(v=[0, 256])),
    "a level beyond two bytes": (DEEP, "the dtype has not", lambda h: h.update(v=[0, 65_536])),
    "levels of bool": (EQUAL, "the dtype has not", lambda h: h.update(d="bool")),
    "levels twice": (DEEP, "does not ascend", lambda h: h.update(v=[1, 1])),
    "levels with a fraction": (EQUAL, "level map", lambda h: h.update(v=202.0)),
    "another dtype": (DEEP, "array", lambda h: h.update(d="<u2")),
    "an empty image": (DEEP, "shape", lambda h: h.update(s=[1, 0, 5])),
    "a tour": (DEEP, "without a prior", lambda h: h["h"][0].update(t="tour")),
    "labels of huge images": (DEEP, "labels of large", lambda h: h.update(s=[1, 2**16 - 1, 65])),
    "torchac for many levels": (DEEP, "levels for torchac", lambda h: h.update(c="torchac")),
    "another kind of model": (DEEP, "profile is not", lambda h: h.update(p="int15-vae")),
    "an unknown profile": (DEEP, "profile", lambda h: h.update(p="int16-resnet")),
    "parts without classes": (DEEP, "in a shard", lambda h: h["h"][0].update(g=[])),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_is_at_odds_with_itself_is_rejected(name: str, tmp_path: Path) -> None:
    source, message, spoil = HEADERS[name]
    file = opened(source)
    if "labels" in name:
        file.header["y"] = [0]
    spoil(file.header)
    rejects(file, tmp_path, message)


@pytest.mark.parametrize("source", [EQUAL, DEEP, TORCHAC])
def test_an_older_version_cannot_hold_what_came_with_version_3(source: str, tmp_path: Path) -> None:
    file = opened(source)
    file.version = 2
    rejects(file, tmp_path, "newer than its version")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda h: h.update(v=255), lambda h: h.update(d="uint16"), lambda h: h.update(d=">u2"),
        lambda h: h.update(s=[2, 6, 5], l="nhwc"), lambda h: h.update(r=3, l="nhwc"),
        lambda h: h.update(p="int15-resnet"),
    ],
)  # fmt: skip
def test_each_field_of_version_3_calls_for_it(spoil: Change, tmp_path: Path) -> None:
    file = opened(TORCHAC)
    file.version = 2
    file.header |= {"p": "int15", "v": 256}
    rejects(file, tmp_path, "profile is not")  # what version 2 has is no fault of the header
    spoil(file.header)
    rejects(file, tmp_path, "newer than its version")


def test_a_model_of_other_channels_is_rejected(tmp_path: Path) -> None:
    file = opened(EQUAL)
    rejects(file, tmp_path, "another model's archive", channels=2)
    file.header["s"] = [2, 6, 5]
    rejects(file, tmp_path, "does not take")


@pytest.mark.parametrize("source", [EQUAL, DEEP, TORCHAC])
def test_a_stack_changed_under_a_right_crc_is_rejected(source: str, tmp_path: Path) -> None:
    (size,) = [len(payload) for kind, _, payload in opened(source).sections if kind == STACK]
    for at in (0, size // 2, size - 3):
        file = opened(source)
        file.change(STACK, lambda p, at=at: p[:at] + bytes([p[at] ^ 4]) + p[at + 1 :])
        rejects(file, tmp_path, "final check|holds an image twice|not what its symbols give")
    for length in (0, 16):
        file = opened(source)
        file.change(STACK, lambda p, length=length: p[:length])
        rejects(file, tmp_path, "final check|holds an image twice|not what|more images than bits")


CONFIGS: dict[str, tuple[str, dict[str, Any]]] = {
    "more than four channels": ("channels", {"channels": 5}),
    "an even number of columns": ("columns", {"columns": 4}),
    "no component": ("components", {"components": 0}),
    "too many components": ("components", {"components": 65}),
    "an unknown spike": ("spikes", {"spikes": ["w", "sw"]}),
    "a spike that is no name": ("spikes", {"spikes": [["w"]]}),
    "a spike twice": ("a spike twice", {"spikes": ["w", "n", "w"]}),
    "spikes that are no list": ("spikes", {"spikes": "w"}),
    "a fraction": ("width", {"width": 64.0}),
    "no block": ("blocks", {"blocks": 0}),
    "a key of another kind": ("unknown key", {"levels": 2}),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_that_no_model_has_is_rejected(name: str) -> None:
    message, config = CONFIGS[name]
    with pytest.raises(Malformed, match=message):
        complete_config(config, "causal-resnet")


def test_a_config_may_leave_out_what_is_default_and_name_no_spike() -> None:
    config = complete_config({"spikes": [], "channels": 1}, "causal-resnet")
    assert config["spikes"] == [] and config["channels"] == 1 and config["hidden"] == 128


TENSORS: dict[str, tuple[str, str, Any]] = {
    "a lift of outputs beyond 48": ("range of", "decoder.outputs.0.up", 49),
    "outputs beyond 2^53": (r"outputs\.1\.up", "decoder.outputs.1.up", 48),
    "a scale beyond 14": ("range of", "decoder.scales", [0, 15, 0]),
    "a stream that falls": ("residual stream", "decoder.0.narrow.shift", 0),
    "a stream beyond 2^53": ("bound of the residual", "decoder.0.narrow.shift", 40),
    "a weight beyond 16,383": ("range of", "decoder.first.weight", -16_384),
    "a layer beyond 2^53": ("bound of decoder", "decoder.0.widen.bias", 2**53),
}


@pytest.mark.parametrize("name", TENSORS)
def test_a_model_that_breaks_a_promise_is_rejected(name: str) -> None:
    message, tensor, value = TENSORS[name]
    metadata, tensors = read_safetensors(golden_model(1))
    config = json.loads(metadata["acncodec"])["config"]
    check_tensors(config, tensors, "causal-resnet")
    if name == "a stream that falls":
        tensors["decoder.scales"] = np.array([14, 0, 0])
    changed = np.full_like(tensors[tensor], 0) + np.array(value, tensors[tensor].dtype)
    with pytest.raises(Malformed, match=message):
        check_tensors(config, tensors | {tensor: changed}, "causal-resnet")


@pytest.mark.parametrize("name", ["decoder.scales", "decoder.outputs.2.up", "decoder.1.widen.lift"])
def test_a_model_with_a_tensor_too_few_or_too_many_is_rejected(name: str) -> None:
    metadata, tensors = read_safetensors(golden_model(1))
    config = json.loads(metadata["acncodec"])["config"]
    with pytest.raises(Malformed, match="unknown tensors"):
        check_tensors(config, tensors | {f"{name}s": tensors[name]}, "causal-resnet")
    del tensors[name]
    with pytest.raises(Malformed, match="is missing"):
        check_tensors(config, tensors, "causal-resnet")


def test_another_model_is_rejected(tmp_path: Path) -> None:
    data = golden_model(1).read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    at = header["decoder.first.bias"]["data_offsets"][0] + 8 + int.from_bytes(data[:8], "little")
    model = tmp_path / "model.safetensors"
    model.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    assert load_model(model, Tables.load(TABLES)).identity != opened(DEEP).identity
    with pytest.raises(Malformed, match="another model's archive"):
        read(GOLDEN / f"{DEEP}.acn", model, TABLES)


@pytest.mark.parametrize("name", [EQUAL, "any-set-two"])
def test_a_file_that_was_cut_or_changed_is_rejected(name: str, tmp_path: Path) -> None:
    data, path = (GOLDEN / f"{name}.acn").read_bytes(), tmp_path / "a.acn"
    cut = [data[:length] for length in range(0, len(data), 41)] + [data[:-1], data + b"\0"]
    flips = [data[:at] + bytes([data[at] ^ 2]) + data[at + 1 :] for at in range(0, len(data), 23)]
    for changed in cut + flips:
        path.write_bytes(changed)
        with pytest.raises(Malformed):
            read(path, golden_model(1), TABLES)


def test_shares_sum_to_2_to_the_30_and_leave_the_first_something() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        u = (2.0 ** rng.uniform(0, 59, 7)).astype(np.int64).tolist()
        u[3] = 0
        found = shares(u, 4)
        assert sum(found) == 2**30 and min(found[:4]) >= 1 and min(found) >= 0
        expected = np.array(u, np.float64) / sum(u) * 2**30
        assert np.max(np.abs(expected - found)) <= 16
