"""A family of another package: the whole way, registered by a call and found as a plugin."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import outside_family
import pytest
from contracts.family import FamilyContract
from tiny import blobs

from acncodec.families import registry

ENTRY = "[acncodec.families]\noutside = outside_family:FAMILY\n"


@pytest.fixture(scope="class")
def registered() -> Iterator[None]:
    registry.register(outside_family.FAMILY)
    yield
    registry.unregister("outside")


@pytest.mark.usefixtures("registered")
class TestOutside(FamilyContract):
    family, preset = outside_family.FAMILY, "outside-tiny"


class Terminal:
    """Command lines, each in a process of its own, that find packages in one more folder."""

    def __init__(self, packages: Path) -> None:
        self.packages = packages

    def __call__(self, *line: object) -> subprocess.CompletedProcess[str]:
        """Run `acncodec` with these arguments."""
        code = "import sys; from acncodec_cli.main import main; main()"
        return subprocess.run(
            [sys.executable, "-c", code, *map(str, line)],
            env=os.environ | {"PYTHONPATH": str(self.packages)},
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal where a distribution with the family is installed."""
    packages = tmp_path / "packages"
    about = packages / "outside-0.1.dist-info"
    about.mkdir(parents=True)
    shutil.copy(outside_family.__file__, packages)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 0.1\n")
    (about / "entry_points.txt").write_text(ENTRY)
    return Terminal(packages)


def test_a_plugin_goes_the_whole_way(terminal: Terminal, tmp_path: Path) -> None:
    data, model = tmp_path / "data.npz", tmp_path / "own.safetensors"
    archive, back = tmp_path / "data.acn", tmp_path / "back.npz"
    np.savez(data, x=blobs(60, 1)[:, 0])
    assert "outside-tiny: an outsider." in " ".join(terminal("train", "-h").stdout.split())
    for line in (
        ("train", data, "-o", model, "--preset", "outside-tiny", "--steps", 4, "--device", "cpu"),
        ("compress", data, archive, "--model", model, "--ordering", "tour", "--order", "keep"),
        ("decompress", archive, back, "--model", model),
    ):
        outcome = terminal(*line)
        assert outcome.returncode == 0, outcome.stderr
    with np.load(data) as ours, np.load(back) as theirs:
        assert np.array_equal(ours["x"], theirs["x"])
    facts = json.loads(terminal("models", "show", model, "--json").stdout)
    assert (facts["model_kind"], facts["outside"]) == ("outside", True)
    assert facts["config"] == outside_family.OutsideConfig(height=8, width=8).to_json()
    facts = json.loads(terminal("info", archive, "--json").stdout)
    assert (facts["profile"], facts["model"]) == ("outside-1", "own")


def test_a_broken_plugin_is_told_of_and_harms_nobody(terminal: Terminal, tmp_path: Path) -> None:
    data, model = tmp_path / "data.npz", tmp_path / "tiny.safetensors"
    np.savez(data, x=blobs(40, 1)[:, 0])
    (terminal.packages / "outside_family.py").write_text("raise OSError('no\\nway')")
    trained = terminal("train", data, "-o", model, "--preset", "tiny", "--steps", 1)
    assert trained.returncode == 0, trained.stderr
    assert terminal("compress", data, tmp_path / "a.acn", "--model", model).returncode == 0
    told = "the plugin outside cannot be used: OSError: no way"
    assert told in " ".join(terminal("train", "-h").stdout.split())
    unknown = terminal("train", data, "-o", tmp_path / "o", "--preset", "outside-tiny")
    assert (unknown.returncode, told in unknown.stderr) == (2, True)


def test_without_its_plugin_a_model_is_refused_by_its_profile(
    terminal: Terminal, tmp_path: Path
) -> None:
    data, model = tmp_path / "data.npz", tmp_path / "own.safetensors"
    np.savez(data, x=blobs(40, 1)[:, 0])
    line = ("train", data, "-o", model, "--preset", "outside-tiny", "--steps", 1)
    assert terminal(*line).returncode == 0
    assert terminal("compress", data, tmp_path / "a.acn", "--model", model).returncode == 0
    shutil.rmtree(terminal.packages)
    refused = terminal("models", "show", model)
    assert refused.returncode == 1
    assert "no family has the profile 'outside-1'" in refused.stderr
    facts = json.loads(terminal("info", tmp_path / "a.acn", "--json").stdout)
    assert facts["profile"] == "outside-1"
