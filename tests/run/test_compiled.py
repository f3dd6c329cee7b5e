"""Where compiled functions are kept: never those of other sources, and always somewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import config

from acncodec.run import compiled
from acncodec.run.compiled import PREFIX, kept_in, kernel_sources, remove_others, sources_digest
from acncodec.stack.ans_kernels import total_information


def package(folder: Path) -> Path:
    """A module with kernels, what it takes in from others, and a module beside."""
    sources = {
        "compiled.py": "",
        "stack/kernels.py": (
            "from pack.compiled import compiled\nfrom pack.tables import (\n    ONE,\n)\n"
        ),
        "tables.py": "from pack.sub import one\n",
        "sub/one.py": "ONE = 1\n",
        "beside.py": "from pack.stack.kernels import kernel\n",
    }
    for name, text in sources.items():
        path = folder / "pack" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder / "pack"


def test_the_digest_is_of_all_that_kernels_take_in_and_of_nothing_else(tmp_path: Path) -> None:
    folder = package(tmp_path)
    before = sources_digest(folder)
    assert sources_digest(folder) == before
    for name in ("stack/kernels.py", "tables.py", "sub/one.py", "compiled.py"):
        with (folder / name).open("a") as file:
            file.write("TWO = 2\n")
        after = sources_digest(folder)
        assert after != before
        before = after
    (folder / "beside.py").write_text("from pack.stack.kernels import other\n")
    assert sources_digest(folder) == before


def test_every_module_with_kernels_is_in_the_digest_and_what_they_share_too() -> None:
    names = set(kernel_sources())
    assert {
        "acncodec.run.compiled", "acncodec.arithmetic.tables", "acncodec.engines.int16.tile",
    } <= names  # fmt: skip
    with_kernels = {
        ".".join(path.relative_to(compiled.PACKAGE.parent).with_suffix("").parts)
        for path in compiled.PACKAGE.rglob("*.py")
        if "@compiled(" in path.read_text("utf-8")
    }
    assert with_kernels <= names


def test_kernels_of_other_sources_are_removed(tmp_path: Path) -> None:
    old = kept_in([tmp_path], "old")
    (old / "kernel.nbc").write_bytes(b"code")
    (tmp_path / "other").mkdir()
    new = kept_in([tmp_path], "new")
    assert new == tmp_path / f"{PREFIX}new" and old.is_dir()  # others may use a shared place
    remove_others(new)
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{PREFIX}new", "other"]


def test_where_nothing_can_be_written_the_next_place_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert kept_in([file, tmp_path / "user"], "it") == tmp_path / "user" / f"{PREFIX}it"
    passing = kept_in([file], "it")
    assert passing.is_dir() and passing.parent != tmp_path
    passing.rmdir()


def test_kernels_are_kept_there_and_numba_s_setting_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert Path(total_information.stats.cache_path).parent == compiled.folder()
    monkeypatch.setattr(config, "CACHE_DIR", "")
    assert compiled.compiled()(lambda x: x + 1)(2) == 3
    assert config.CACHE_DIR == ""


def test_the_package_compiles_in_no_other_way() -> None:
    sources = compiled.PACKAGE.rglob("*.py")
    assert [path.name for path in sources if "njit" in path.read_text("utf-8")] == ["compiled.py"]


LOADS = """
import sys
import numpy as np
from acncodec.stack.ans_kernels import total_information
print(total_information(np.array([1, 1 << 13])), "numba.misc.cffiimpl" in sys.modules)
"""
"""Calls a kernel, and says what that is and whether there was all that a compiler needs."""


def test_what_is_kept_is_loaded_without_what_only_a_compiler_needs() -> None:
    here = total_information(np.array([1, 1 << 13]))  # compiled and kept now, if it was not
    done = subprocess.run(
        [sys.executable, "-c", LOADS], check=True, capture_output=True, text=True
    )  # fmt: skip
    assert done.stdout.split() == [str(here), "False"]
