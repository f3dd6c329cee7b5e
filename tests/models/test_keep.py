"""Models are added to the user's own whole and proved, or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any, NoReturn

import pytest

from acncodec.errors import ModelError, OutputError
from acncodec.models import registry, users_folder, users_names, users_path
from acncodec.models.frozen import FrozenModel
from acncodec.models.keep import add_model, remove_model
from acncodec.models.users import VARIABLE


@pytest.fixture
def file(tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model file; no model is bundled, and none is the user's."""
    (tmp_path / "bundled").mkdir()
    monkeypatch.setattr(registry, "FOLDER", tmp_path / "bundled")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data" / "models"))
    path = tmp_path / "sprites.safetensors"
    path.write_bytes(tiny_model.to_bytes())
    return path


def test_a_model_is_copied_as_it_is_and_removed(file: Path) -> None:
    assert add_model(file) == "sprites"
    assert users_path("sprites").read_bytes() == file.read_bytes()
    remove_model("sprites")
    assert users_names() == () and list(users_folder().iterdir()) == []
    with pytest.raises(ModelError, match="'sprites'"):
        remove_model("sprites")


@pytest.mark.parametrize("name", ["", ".x", "-f", "a/b", "../b", "a b", "a\x1b[31m", "x" * 101])
def test_what_is_no_name_is_refused(file: Path, name: str) -> None:
    with pytest.raises(ModelError, match="is no name for a model"):
        add_model(file, name)
    assert users_names() == ()


def test_a_name_that_is_taken_is_refused_unless_forced(
    file: Path, other_model: FrozenModel, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(other_model.to_bytes())
    add_model(file)
    with pytest.raises(OutputError, match="exists"):
        add_model(other, "sprites")
    assert users_path("sprites").read_bytes() == file.read_bytes()
    add_model(other, "sprites", force=True)
    assert users_path("sprites").read_bytes() == other.read_bytes()


def test_the_same_model_twice_is_refused(file: Path) -> None:
    add_model(file)
    with pytest.raises(ModelError, match="there already, as sprites"):
        add_model(file, "again")
    shutil.copy(file, registry.FOLDER / "tiny.safetensors")
    remove_model("sprites")
    with pytest.raises(ModelError, match="there already, as tiny"):
        add_model(file)
    with pytest.raises(ModelError, match="a bundled model is called tiny"):
        add_model(file, "tiny")
    with pytest.raises(ModelError, match="bundled, and stays"):
        remove_model("tiny")


def test_what_is_no_model_is_refused_and_no_hindrance(file: Path) -> None:
    spoiled = file.with_name("spoiled.safetensors")
    spoiled.write_bytes(file.read_bytes()[:-5])
    with pytest.raises(ModelError, match=r"spoiled\.safetensors"):
        add_model(spoiled)
    assert not users_folder().exists()
    users_folder().mkdir(parents=True)
    shutil.copy(spoiled, users_folder())
    assert add_model(file) == "sprites"


def test_a_file_that_changes_meanwhile_is_refused(
    file: Path, other_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = FrozenModel.load

    def changing(path: Path) -> FrozenModel:
        found = load(path)
        file.write_bytes(other_model.to_bytes())
        return found

    monkeypatch.setattr(FrozenModel, "load", changing)
    with pytest.raises(ModelError, match="changed while it was read"):
        add_model(file)
    assert users_names() == () and list(users_folder().iterdir()) == []


def test_a_folder_that_cannot_be_made_or_emptied_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_more: Any) -> NoReturn:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.mkdir", fail)
        with pytest.raises(OutputError, match=r"models: cannot be made: Read-only"):
            add_model(file)
    add_model(file)
    monkeypatch.setattr("pathlib.Path.unlink", fail)
    with pytest.raises(OutputError, match=r"cannot be removed: Read-only"):
        remove_model("sprites")
