"""`acncodec models`: list, show and export."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from cli_types import Acn

from acncodec.models import registry
from acncodec.models.frozen import FrozenModel
from acncodec.models.users import VARIABLE


@pytest.fixture
def shelf(model_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of bundled models with one in it."""
    monkeypatch.setattr(registry, "FOLDER", model_file.parent)
    model_file.with_suffix(".md").write_text("# A card\n", encoding="utf-8")
    return model_file.parent


def test_list(acn: Acn, shelf: Path) -> None:
    outcome = acn("models", "list")
    assert outcome.code == 0
    assert outcome.out.startswith("tiny  8x8, 2 levels, ")
    assert json.loads(acn("models", "list", "--json").out)["name"] == "tiny"


def test_an_empty_shelf(acn: Acn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "FOLDER", tmp_path)
    outcome = acn("models", "list")
    assert (outcome.code, outcome.out) == (0, "")
    assert "acncodec train" in outcome.err


def test_show(acn: Acn, shelf: Path, model_file: Path, tiny_model: FrozenModel) -> None:
    facts = json.loads(acn("models", "show", "tiny", "--json").out)
    assert facts["sha256"] == tiny_model.model_id.hex()
    assert facts["parameters"] == tiny_model.parameters
    assert facts["macs_per_image"] == tiny_model.macs_per_image
    assert facts["integer_bytes"] == tiny_model.integer_bytes > 0
    assert facts["config"] == tiny_model.config.to_json()
    assert facts["file_bytes"] == model_file.stat().st_size
    assert facts["about"] == tiny_model.card["about"]
    text = acn("models", "show", "tiny").out
    assert tiny_model.model_id.hex() in text
    assert text.endswith("# A card\n")
    assert acn("models", "show", model_file).code == 0
    assert acn("models", "show", "nothing").code == 1


def test_show_tells_the_kind(
    acn: Acn, shelf: Path, baseline_file: Path, baseline: FrozenModel
) -> None:
    facts = json.loads(acn("models", "show", baseline_file, "--json").out)
    assert facts["model_kind"] == baseline.family.name
    assert facts["config"] == baseline.config.to_json()
    assert facts["macs_per_image"] == baseline.macs_per_image > 0
    assert json.loads(acn("models", "show", "tiny", "--json").out)["model_kind"] == "acn"


def test_export(acn: Acn, shelf: Path, model_file: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.safetensors"
    assert acn("models", "export", "tiny", target).code == 0
    assert target.read_bytes() == model_file.read_bytes()
    assert acn("models", "export", "tiny", target).code == 1
    assert acn("models", "export", "tiny", target, "-f").code == 0
    assert acn("models", "export", "nothing", tmp_path / "x").code == 1


def test_the_bundled_model_is_found_by_shape_and_by_header(
    acn: Acn, shelf: Path, data_file: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "a.acn"
    assert acn("compress", data_file, archive).code == 0
    assert acn("verify", archive).code == 0


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's models will be."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "own"))
    return tmp_path / "own"


def test_a_users_model_is_added_listed_used_and_removed(
    acn: Acn, own: Path, model_file: Path, data_file: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "bundled").mkdir()
    monkeypatch.setattr(registry, "FOLDER", tmp_path / "bundled")
    archive, back = tmp_path / "a.acn", tmp_path / "b.npz"
    assert acn("compress", data_file, archive, "--stored", "never").code == 1
    outcome = acn("models", "add", model_file, "--name", "mine")
    assert outcome.code == 0 and str(own / "mine.safetensors") in outcome.out
    facts = json.loads(acn("models", "list", "--json").out)
    assert {"name": "mine", "bundled": False, "sizes": "fixed", "size": [8, 8]}.items() <= (
        facts.items()
    )
    assert (facts["channels"], facts["levels"]) == (1, 2)
    assert "your own" in acn("models", "list").out
    assert json.loads(acn("models", "show", "mine", "--json").out)["bundled"] is False

    outcome = acn("compress", data_file, archive)
    assert outcome.code == 0, outcome.err
    assert "no bundled model takes images of 8x8" in outcome.err
    assert "your own model mine" in outcome.err
    assert acn("-q", "compress", data_file, archive, "-f").err == ""
    outcome = acn("decompress", archive, back)
    assert (outcome.code, outcome.err) == (0, "")
    with np.load(data_file) as ours, np.load(back) as theirs:
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours.files)

    assert acn("models", "export", "mine", tmp_path / "c").code == 0
    assert (tmp_path / "c").read_bytes() == model_file.read_bytes()
    assert acn("models", "remove", "mine").code == 0
    outcome = acn("verify", archive)
    assert outcome.code == 1 and "not bundled, nor among your own" in outcome.err


def test_a_bundled_model_that_fits_is_taken_without_a_word_of_others(
    acn: Acn, shelf: Path, own: Path, other_file: Path, data_file: Path, tmp_path: Path
) -> None:
    assert acn("models", "add", other_file).code == 0
    outcome = acn("compress", data_file, tmp_path / "a.acn", "--json")
    assert json.loads(outcome.out)["model"] == "tiny-1" and "your own" not in outcome.err


def test_a_list_reads_no_tensor_and_passes_over_what_is_no_model(
    acn: Acn, shelf: Path, own: Path, other_file: Path
) -> None:
    """The tensors of a model whose header is whole are spoiled: it is listed all the same."""
    own.mkdir()
    content = bytearray(other_file.read_bytes())
    content[-(len(content) // 2) :] = bytes(len(content) // 2)
    (own / "zeros.safetensors").write_bytes(content)
    (own / "bad.safetensors").write_bytes(b"no model")
    outcome = acn("models", "list")
    assert outcome.code == 0 and [line.split()[0] for line in outcome.out.splitlines()] == [
        "tiny",
        "zeros",
    ]
    assert "bad.safetensors" in outcome.err and "not a model file" in outcome.err


def test_what_a_file_says_of_itself_is_printed_escaped(
    acn: Acn, shelf: Path, own: Path, tiny_model: FrozenModel, tmp_path: Path
) -> None:
    hostile = "\x1b]0;owned\x07\u202e\x9b31m\nline"
    path = tmp_path / "hostile.safetensors"
    path.write_bytes(tiny_model.with_card(about=hostile, **{hostile: hostile}).to_bytes())
    own.mkdir()
    (own / f"{hostile}.safetensors").write_bytes(path.read_bytes())
    (own / "\x1b[2J.safetensors").write_bytes(b"no model")
    for command in (
        ("list",), ("show", path), ("show", hostile), ("show", path, "--json"), ("show", "\x1b[2J"),
        ("list", "--json"), ("remove", hostile), ("add", path, "--name", hostile),
        ("remove", hostile),
    ):  # fmt: skip
        outcome = acn("models", *command)
        text = outcome.out + outcome.err
        assert text and all(char.isprintable() or char == "\n" for char in text), command
        assert "\nline" not in text
