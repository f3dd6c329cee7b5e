"""What an installed package holds: every module, the data, the models, the tables."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from acncodec import __version__

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files in a wheel built from a copy of the sources, without network."""
    scratch = tmp_path_factory.mktemp("wheel")
    copy = scratch / "source"
    copy.mkdir()
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("acncodec", "cli"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignored)
    for name in ("pyproject.toml", "LICENSE", "README.md"):
        shutil.copy(ROOT / name, copy)
    line = [
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        "out",
        "./source",
    ]
    subprocess.run(
        [sys.executable, "-m", *line], cwd=scratch, check=True, capture_output=True, text=True
    )
    (wheel,) = (scratch / "out").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def sources() -> set[str]:
    """Every file a user needs, by its installed name."""
    found = {path.relative_to(ROOT) for path in (ROOT / "acncodec").rglob("*") if path.is_file()}
    found |= {Path("acncodec_cli") / path.name for path in (ROOT / "cli").glob("*.py")}
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def test_the_wheel_holds_every_file(wheel_names: set[str]) -> None:
    assert sources() - wheel_names == set()


def test_the_wheel_holds_nothing_else(wheel_names: set[str]) -> None:
    extra = {name for name in wheel_names - sources() if ".dist-info/" not in name}
    assert extra == set()


def test_versions_agree(project: dict[str, Any]) -> None:
    assert project["project"]["version"] == __version__


def test_the_lock_has_the_pins_and_a_hash_of_each() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    lock = (ROOT / "requirements-lock.txt").read_text(encoding="utf-8")
    entries = [entry.split() for entry in lock.replace("\\\n", " ").splitlines()[1:]]
    locked = {entry[0].replace("-", "_").lower() for entry in entries}
    assert locked == {pin.replace("-", "_").lower() for pin in pins if not pin.startswith("torch")}
    digest = re.compile(r"--hash=sha256:[0-9a-f]{64}")
    assert all(
        len(entry) > 1 and all(digest.fullmatch(part) for part in entry[1:]) for entry in entries
    )


def test_constraints_pin_every_dependency(project: dict[str, Any]) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*", line) for line in lines)
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    extras = project["project"]["optional-dependencies"]
    wanted = list(project["project"]["dependencies"])
    wanted += [name for extra in ("dev", "images", "plots") for name in extras[extra]]
    assert {re.split(r"[\[<>=]", name)[0] for name in wanted} <= pinned
