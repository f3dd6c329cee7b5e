"""The second reader on gated models of any levels: what it takes, what it rejects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acn_files import AcnFile
from mixed_files import GOLDEN, TABLES
from second_reader import Malformed, read
from second_reader.coded_model import decode_model
from second_reader.config import complete_config
from second_reader.images import Kind
from second_reader.networks import Model
from second_reader.promises import check_tensors
from second_reader.tables import Tables

FILE = GOLDEN.parent / "v4" / "any-set-gated.acn"
KIND, PROFILE, MODEL = "gated-levels", "int15-gated-levels", 7
SPOILT: dict[str, tuple[str, dict[str, Any]]] = {
    "five channels": ("channels", {"channels": 5}),
    "no channel": ("channels", {"channels": 0}),
    "one entry": ("vertical_kernel", {"vertical_kernel": [2]}),
    "three entries": ("input_vertical_kernel", {"input_vertical_kernel": [2, 3, 5]}),
    "columns that are even": ("vertical_kernel", {"vertical_kernel": [2, 4]}),
    "a number for two": ("type of vertical_kernel", {"vertical_kernel": 3}),
    "two numbers for one": ("type of horizontal_kernel", {"horizontal_kernel": [3]}),
    "too many components": ("components", {"components": 65}),
    "an unknown spike": ("spikes", {"spikes": ["w", "s"]}),
    "a repeated spike": ("a spike twice", {"spikes": ["w", "w"]}),
    "a key of other kinds": ("unknown key", {"levels": 2}),
}


@pytest.fixture(scope="module")
def model() -> Model:
    file = AcnFile.from_bytes(FILE.read_bytes())
    [payload] = [payload for kind, _, payload in file.sections if kind == MODEL]
    return decode_model(payload, PROFILE, Tables.load(TABLES))


@pytest.mark.parametrize("name", SPOILT)
def test_a_config_that_no_such_model_has_is_rejected(name: str, model: Model) -> None:
    message, change = SPOILT[name]
    assert complete_config(dict(model.config), KIND) == model.config
    with pytest.raises(Malformed, match=message):
        complete_config(model.config | change, KIND)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("decoder.outputs.1.up", 48, "outputs.1.up"),
        ("decoder.1.residual.shift", 40, "scales of the horizontal stack"),
        ("decoder.head.lift", 40, "bound of decoder.head"),
        ("decoder.vertical_scales", 15, "range of decoder.vertical_scales"),
    ],
)
def test_a_promise_that_is_broken_is_rejected(
    name: str, value: int, message: str, model: Model
) -> None:
    tensors = {key: tensor.copy() for key, tensor in model.t.items()}
    check_tensors(model.config, tensors, KIND)
    tensors[name][...] = value
    if name.endswith("shift"):
        tensors["decoder.horizontal_scales"][...] = [0, 0, 14]
    with pytest.raises(Malformed, match=message):
        check_tensors(model.config, tensors, KIND)


def test_it_takes_any_levels_of_its_size_and_channels(model: Model) -> None:
    channels, height, width = (model.config[key] for key in ("channels", "height", "width"))
    assert all(model.takes(Kind(n, channels, height, width, range(n))) for n in (2, 7, 65_536))
    for shape in ((1, height, width), (channels, width, height), (channels, height + 1, width)):
        assert not model.takes(Kind(256, *shape, range(256)))


def test_such_a_profile_is_of_version_4(tmp_path: Path) -> None:
    file = AcnFile.from_bytes(FILE.read_bytes())
    file.header.pop("f")  # which is of version 4 itself
    file.sections = [section for section in file.sections if section[0] != MODEL]
    path = tmp_path / "a.acn"
    for version, message in ((3, "newer than its version"), (4, "another model's archive")):
        file.version = version
        path.write_bytes(file.to_bytes())
        with pytest.raises(Malformed, match=message):
            read(path, [], TABLES)


def test_another_model_of_the_kind_is_not_its_model(tmp_path: Path) -> None:
    file = AcnFile.from_bytes(FILE.read_bytes())
    file.identity = bytes(np.frombuffer(file.identity, np.uint8) ^ 1)
    path = tmp_path / "a.acn"
    path.write_bytes(file.to_bytes())
    with pytest.raises(Malformed, match="another model id"):
        read(path, [], TABLES)
