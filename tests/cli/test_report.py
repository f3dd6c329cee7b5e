"""`acncodec report`: exit codes, refusals, and what is said where."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_types import Acn
from made_results.everything import write_results


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_results(Path("bench/results"))


def test_a_report_of_the_default_folder(acn: Acn, results: Path) -> None:
    outcome = acn("report", "-o", "out")
    assert outcome.code == 0, outcome.err
    assert outcome.out == "out/report.md\nout/report.html\n"
    assert outcome.err == ""


def test_an_existing_report_needs_f(acn: Acn, results: Path) -> None:
    assert acn("report", results, "-o", "out", "-q").code == 0
    outcome = acn("report", results, "-o", "out")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == "acncodec: out/report.md: exists; use -f to overwrite it\n"
    assert acn("report", results, "-o", "out", "-f").code == 0


def test_files_and_another_model(acn: Acn, results: Path) -> None:
    line = ("report", results / "pixelcnn.json", results / "mnist-100.json", "-o", "out")
    several = acn(*line)
    assert several.code == 1
    assert "name one with --model" in several.err
    outcome = acn(*line, "--model", "mnist-pixelcnn")
    assert outcome.code == 0, outcome.err
    assert "listed as not measured yet" in outcome.out
    assert "the model mnist-pixelcnn" in Path("out/report.md").read_text(encoding="utf-8")


def test_a_malformed_result(acn: Acn, results: Path) -> None:
    (results / "bad.json").write_text("[]", encoding="utf-8")
    outcome = acn("report", "-o", "out")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == ("acncodec: bench/results/bad.json: list where an object must be\n")
    assert not Path("out").exists()


def test_an_unknown_kind_is_a_warning(acn: Acn, results: Path) -> None:
    (results / "notes.json").write_text("{}", encoding="utf-8")
    outcome = acn("report", "-o", "out", "-q")
    assert outcome.code == 0
    assert "warning: bench/results/notes.json: no result of a known kind" in outcome.err


@pytest.mark.parametrize(
    ("line", "code"), [(("report",), 2), (("report", "nothing", "-o", "out"), 1)]
)
def test_wrong_usage_and_nothing_there(
    acn: Acn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: tuple[str, ...], code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    assert acn(*line).code == code


def test_a_report_loads_no_networks(results: Path) -> None:
    code = (
        "import sys\nfrom acncodec_cli.main import run\nassert run(['report', '-o', 'out']) == 0\n"
        "print([name for name in ('torch', 'numba', 'faiss') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
