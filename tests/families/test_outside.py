"""A family of another package: the whole way, registered by a call and found as a plugin."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import outside_family
import pytest
from cli_types import Acn, Outcome
from contracts.family import FamilyContract
from tiny import blobs

from acncodec.families import registry
from acncodec.models import registry as shelf_of_models
from acncodec_cli.main import run

ENTRY = "[acncodec.families]\noutside = outside_family:FAMILY\n"


@pytest.fixture(scope="class")
def registered() -> Iterator[None]:
    registry.register(outside_family.FAMILY)
    yield
    registry.unregister("outside")


@pytest.fixture
def acn(capsys: pytest.CaptureFixture[str]) -> Acn:
    """Run a command line in this process."""

    def type_in(*arguments: object) -> Outcome:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return type_in


@pytest.mark.usefixtures("registered")
class TestOutside(FamilyContract):
    family, preset = outside_family.FAMILY, "outside-tiny"


RUN = """
import contextlib, io, json, sys
from acncodec_cli.main import run
outcomes = []
for line in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(line)
    outcomes.append([code, out.getvalue(), err.getvalue()])
print(json.dumps(outcomes))
"""


@dataclass(frozen=True)
class Terminal:
    """A place where a distribution with the family is installed, in the folder `packages`."""

    packages: Path

    def __call__(self, *lines: tuple[object, ...]) -> list[Outcome]:
        """Run these command lines one after the other, in one new process."""
        text = json.dumps([[str(word) for word in line] for line in lines])
        done = subprocess.run(
            [sys.executable, "-c", RUN, text], check=True, capture_output=True, text=True,
            env=os.environ | {"PYTHONPATH": str(self.packages)},
        )  # fmt: skip
        return [Outcome(*outcome) for outcome in json.loads(done.stdout)]


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    packages = tmp_path / "packages"
    about = packages / "outside-0.1.dist-info"
    about.mkdir(parents=True)
    shutil.copy(outside_family.__file__, packages)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 0.1\n")
    (about / "entry_points.txt").write_text(ENTRY)
    return Terminal(packages)


def test_a_plugin_goes_the_whole_way_and_is_missed_when_it_is_gone(
    terminal: Terminal, tmp_path: Path
) -> None:
    data, model = tmp_path / "data.npz", tmp_path / "own.safetensors"
    archive, back = tmp_path / "data.acn", tmp_path / "back.npz"
    np.savez(data, x=blobs(60, 1)[:, 0])
    helped, *done, shown, informed = terminal(
        ("train", "-h"),
        ("train", data, "-o", model, "--preset", "outside-tiny", "--steps", 4, "--device", "cpu"),
        ("compress", data, archive, "--model", model, "--ordering", "tour", "--order", "keep"),
        ("decompress", archive, back, "--model", model),
        ("models", "show", model, "--json"),
        ("info", archive, "--json"),
    )
    assert "outside-tiny: an outsider." in " ".join(helped.out.split())
    assert [(outcome.code, outcome.err) for outcome in done if outcome.code] == []
    with np.load(data) as ours, np.load(back) as theirs:
        assert np.array_equal(ours["x"], theirs["x"])
    facts = json.loads(shown.out)
    assert (facts["model_kind"], facts["outside"]) == ("outside", True)
    assert facts["config"] == outside_family.OutsideConfig(height=8, width=8).to_json()
    facts = json.loads(informed.out)
    assert (facts["profile"], facts["model"]) == ("outside-1", "own")

    shutil.rmtree(terminal.packages)
    shown, decoded, informed = terminal(
        ("models", "show", model), ("decompress", archive, tmp_path / "x.npz", "--model", model),
        ("info", archive, "--json"),
    )  # fmt: skip
    for refused in (shown, decoded):
        assert refused.code == 1
        assert "no family has the profile 'outside-1' (known: int15, " in refused.err
    assert json.loads(informed.out) == facts


def test_a_broken_plugin_is_told_of_and_harms_nobody(terminal: Terminal, tmp_path: Path) -> None:
    data, model = tmp_path / "data.npz", tmp_path / "tiny.safetensors"
    np.savez(data, x=blobs(40, 1)[:, 0])
    (terminal.packages / "outside_family.py").write_text("raise OSError('no\\nway')")
    told = "the plugin outside cannot be used: OSError: no way"
    trained, packed, helped, unknown = terminal(
        ("train", data, "-o", model, "--preset", "tiny", "--steps", 1, "--device", "cpu"),
        ("compress", data, tmp_path / "a.acn", "--model", model),
        ("train", "-h"),
        ("train", data, "-o", tmp_path / "o", "--preset", "outside-tiny"),
    )
    assert (trained.code, packed.code) == (0, 0), trained.err + packed.err
    assert told in " ".join(helped.out.split())
    assert unknown.code == 2 and told in unknown.err


def test_a_registered_family_is_listed_like_any_other(
    acn: Acn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.register(outside_family.FAMILY)
    try:
        data, shelf = tmp_path / "data.npz", tmp_path / "shelf"
        shelf.mkdir()
        np.savez(data, x=blobs(60, 1)[:, 0])
        model = shelf / "own.safetensors"
        line = ("train", data, "-o", model, "--preset", "outside-tiny", "--steps", 1)
        assert acn(*line, "--device", "cpu").code == 0
        (shelf / "own.checkpoint.safetensors").unlink()
        monkeypatch.setattr(shelf_of_models, "FOLDER", shelf)
        assert acn("models", "list").out.startswith("own  8x8, 2 levels, ")
        assert json.loads(acn("models", "list", "--json").out)["model_kind"] == "outside"
        archive = tmp_path / "a.acn"
        assert acn("compress", data, archive).code == 0  # found by its shape
        assert acn("verify", archive).code == 0  # and by its id
    finally:
        registry.unregister("outside")
