"""docs/ARCHITECTURE.md names files and things that are there, where it says that they are."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "acncodec"
PAGE = (ROOT / "docs" / "ARCHITECTURE.md").read_text("utf-8")
PROSE = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
TOKENS = sorted(set(re.findall(r"`([^`\n]+)`", PROSE)))
COMMANDS = ("acncodec ", "compress ", "import ")
PLACES = sorted(set(re.findall(r"`(\w+)` in\s`([a-z_/]+\.py)`", PROSE)))
"""What the page says is in a file."""


def is_path(token: str) -> bool:
    return "/" in token or token.endswith(".py")


@cache
def names(path: Path) -> frozenset[str]:
    """What a file defines or says: classes, functions, arguments, attributes, short strings."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return frozenset(found)


@cache
def defined() -> frozenset[str]:
    """All that, and the rooms."""
    folders = PACKAGE, ROOT / "cli", ROOT / "tests" / "support"
    found = [names(path) for folder in folders for path in folder.rglob("*.py")]
    rooms = frozenset(path.name for path in PACKAGE.iterdir() if path.is_dir())
    return rooms.union(*found)


def exists(token: str) -> bool:
    """Whether there is a file or folder of this name; NAME stands for any, {a,b} for each."""
    braces = re.search(r"\{([^}]*)\}", token)
    if braces:
        return all(
            exists(token[: braces.start()] + one + token[braces.end() :])
            for one in braces[1].split(",")
        )
    pattern = token.rstrip("/").replace("NAME", "*")
    if "/" not in token:
        return next(PACKAGE.rglob(pattern), None) is not None
    return any(next(base.glob(pattern), None) is not None for base in (ROOT, PACKAGE))


def test_the_page_names_many_things() -> None:
    assert len(TOKENS) > 100 and len(PLACES) >= 12
    assert sum(map(is_path, TOKENS)) > 50


@pytest.mark.parametrize("token", [token for token in TOKENS if is_path(token)])
def test_a_file_is_there(token: str) -> None:
    assert exists(token)


@pytest.mark.parametrize("token", [token for token in TOKENS if not is_path(token)])
def test_a_name_is_known(token: str) -> None:
    if token.startswith(COMMANDS):
        sources = "".join(path.read_text("utf-8") for path in (ROOT / "cli").rglob("*.py"))
        assert all(f'"{option}"' in sources for option in re.findall(r"--[\w-]+", token))
        return
    name = re.fullmatch(r"(?:[\w]+\.)*(\w+)(?:\(\w+\))?", token)
    assert name is not None and name[1] in defined()


@pytest.mark.parametrize(("name", "path"), PLACES)
def test_a_name_is_in_the_file_that_is_said(name: str, path: str) -> None:
    tree = ast.parse((PACKAGE / path).read_text("utf-8"))
    found = {node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    assert name in found


def test_what_is_not_there_is_told() -> None:
    assert exists("codec/reader.py") and exists("parts/gated_pixelcnn/{int16,float64,device}.py")
    assert not exists("demand/reader.py") and not exists("codec/nowhere.py")
    assert not exists("parts/gated_pixelcnn/{int16,int8}.py") and not exists("nowhere.py")
    assert "Reader" in defined() and "Nobody_at_all" not in defined()


def test_an_hour_has_sixty_minutes_and_its_files_are_read_in_it() -> None:
    rows = re.findall(r"^\| (\d+) \| (`[^|]*) \|", PAGE, re.MULTILINE)
    assert sum(int(minutes) for minutes, _ in rows) == 60
    paths = [path for _, cell in rows for path in re.findall(r"`([^`]+)`", cell)]
    lines = sum(len((PACKAGE / path).read_text("utf-8").splitlines()) for path in paths)
    assert 1800 < lines < 2400


def test_rooms_of_the_drawing_are_there() -> None:
    (drawing,) = re.findall(r"```\n(.*?)```", PAGE, re.DOTALL)
    rooms = set(re.findall(r"(\w+)/(?:\s|$)", drawing))
    assert len(rooms) >= 9 and all((PACKAGE / room).is_dir() for room in rooms)


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.stem)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    kinds = r"(?:py|jsonl?|toml|safetensors)"
    pattern = rf"`((?:[\w*{{}},.-]+/)+[\w*{{}},.-]+\.{kinds})`"
    named = set(re.findall(pattern, page.read_text("utf-8")))
    missing = {
        name
        for name in named
        if not exists(name) and not (ROOT / "bench" / "results" / name).exists()
    }
    assert missing == set()
