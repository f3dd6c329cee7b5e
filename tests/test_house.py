"""The house: rooms import one another one way, and none asks a family's name but families."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from acncodec.families.registry import families

PACKAGE = Path(__file__).parent.parent / "acncodec"
CLI = PACKAGE.parent / "cli"


def room(module: str) -> str:
    """The folder, or the single module, of the package that a module is in."""
    return module.split(".")[1] if "." in module else module


def imports(path: Path) -> Iterator[str]:
    """All modules of the package that a file imports, at its top or within functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "acncodec":
            yield from (f"acncodec.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("acncodec."):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)  # or no module
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("acncodec."))


def below() -> dict[str, set[str]]:
    """For each room the rooms that it imports from."""
    found = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        own = room(".".join(("acncodec", *path.relative_to(PACKAGE).with_suffix("").parts)))
        found[own] |= {room(name) for name in imports(path)} - {own}
    return found


def test_rooms_import_one_another_in_no_circle() -> None:
    order = list(TopologicalSorter(below()).static_order())
    assert order.index("contracts") < order.index("stack") < order.index("codec")


def modules() -> dict[str, set[str]]:
    """For each module, packages' own apart, those that it imports, for whatever reason."""
    paths = [path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"]
    names = {
        ".".join(("acncodec", *path.relative_to(PACKAGE).with_suffix("").parts)): path
        for path in paths
    }
    return {name: set(imports(path)) & names.keys() - {name} for name, path in names.items()}


def test_modules_import_one_another_in_no_circle_not_even_for_types() -> None:
    found = modules()
    assert len(found) > 400
    assert list(TopologicalSorter(found).static_order())


def test_contracts_and_orders_know_no_network_and_no_file() -> None:
    rooms = below()
    work = {"parts", "families", "models", "container", "codec", "engines", "heads", "training"}
    assert not (rooms["contracts"] | rooms["coding"] | rooms["ordering"] | rooms["stack"]) & work


def test_no_file_outside_of_families_asks_for_a_family_by_name() -> None:
    """But reports: a figure of the paper may be called like a family."""
    names = "|".join(re.escape(word) for f in families() for word in (f.name, f.profile))
    asks = re.compile(rf"""(==|!=|\bin\b|\bis\b)\s*\(?["']({names})["']|config\.kind\b""")
    outside = [
        path
        for folder in (PACKAGE, CLI)
        for path in folder.rglob("*.py")
        if not {"families", "report"} & set(path.relative_to(folder).parts)
    ]
    assert len(outside) > 100
    assert [path for path in outside if asks.search(path.read_text("utf-8"))] == []


def test_no_module_has_the_name_of_something_else_that_its_package_gives() -> None:
    """Once such a module is imported, the package gives it in place of the other."""
    for stub in PACKAGE.rglob("__init__.pyi"):
        given = {
            one.asname or one.name
            for node in ast.walk(ast.parse(stub.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            for one in node.names
        }
        inside = {path.stem for path in stub.parent.iterdir()}
        assert given and not given & inside, stub
