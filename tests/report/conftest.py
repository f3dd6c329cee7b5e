"""A folder with a result of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_results import write_results


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`results` below the working directory."""
    monkeypatch.chdir(tmp_path)
    write_results(Path("results"))
    return Path("results")
