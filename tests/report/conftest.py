"""A folder with a result of each kind, and its report."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from made_results.everything import write_results
from read_report import report

from acncodec.report.document import Document


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`results` below the working directory."""
    monkeypatch.chdir(tmp_path)
    write_results(Path("results"))
    return Path("results")


@pytest.fixture(scope="session")
def document(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """The report of a result of each kind."""
    here = tmp_path_factory.mktemp("tables")
    write_results(here / "results")
    with contextlib.chdir(here):
        return report(Path("results"))
