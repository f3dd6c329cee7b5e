"""The second reader on models that are told places: what it takes, what it rejects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

FILE = GOLDEN.parent / "v7" / "any-set-rgb.acn"
KIND, PROFILE, MODEL = "placed-resnet", "int15-placed-resnet", 7


@pytest.fixture(scope="module")
def model() -> Model:
    file = AcnFile.from_bytes(FILE.read_bytes())
    [payload] = [payload for kind, _, payload in file.sections if kind == MODEL]
    return decode_model(payload, PROFILE, Tables.load(TABLES))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"channels": 5}, "channels"),
        ({"image_height": 65}, "size of images"),
        ({"image_width": 65}, "size of images"),
        ({"image_width": 0}, "image_width"),
        ({"columns": 4}, "columns"),
        ({"latent_dim": 4}, "unknown key"),
    ],
)
def test_a_config_that_no_such_model_has_is_rejected(
    change: dict[str, Any], message: str, model: Model
) -> None:
    assert complete_config(dict(model.config), KIND) == model.config
    with pytest.raises(Malformed, match=message):
        complete_config(model.config | change, KIND)


def test_a_promise_that_is_broken_is_rejected(model: Model) -> None:
    tensors = {key: tensor.copy() for key, tensor in model.t.items()}
    check_tensors(model.config, tensors, KIND)
    tensors["decoder.place.lift"][...] = 40
    with pytest.raises(Malformed, match=r"bound of decoder\.place"):
        check_tensors(model.config, tensors, KIND)


def test_it_takes_any_levels_of_its_size_and_channels(model: Model) -> None:
    assert all(model.takes(Kind(n, 3, 6, 5, range(n))) for n in (2, 7, 65_536))
    for shape in ((1, 6, 5), (3, 5, 6), (3, 7, 5)):
        assert not model.takes(Kind(256, *shape, range(256)))


def test_such_a_profile_is_of_version_7(tmp_path: Path) -> None:
    file, path = AcnFile.from_bytes(FILE.read_bytes()), tmp_path / "a.acn"
    for version, message in ((6, "newer than its version"), (8, "another version")):
        file.version = version
        path.write_bytes(file.to_bytes())
        with pytest.raises(Malformed, match=message):
            read(path, [], TABLES)
