"""`acncodec models`: list, show and export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_types import Acn

from acncodec.models import registry
from acncodec.models.frozen import FrozenModel


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
