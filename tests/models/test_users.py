"""The user's own models: where they lie, and by what names."""

from __future__ import annotations

from pathlib import Path

import pytest

from acncodec.errors import ModelError
from acncodec.models.users import VARIABLE, users_folder, users_names, users_path


def test_they_lie_in_the_users_data_folder_unless_a_variable_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mine"))
    assert users_folder() == tmp_path / "mine"
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert users_folder() == tmp_path / "data" / "acncodec" / "models"


def test_names_are_those_of_files_and_a_folder_that_is_not_there_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mine"))
    assert users_names() == ()
    (tmp_path / "mine" / "folder.safetensors").mkdir(parents=True)
    for name in ("b.safetensors", "a.safetensors", "a.md", ".0123.tmp"):
        (tmp_path / "mine" / name).touch()
    assert users_names() == ("a", "b")
    assert users_path("a") == tmp_path / "mine" / "a.safetensors"
    with pytest.raises(ModelError, match=r"'c'.*a, b"):
        users_path("c")
