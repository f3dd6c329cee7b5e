"""Where compiled functions are kept: never those of other sources, and always somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from numba import config

from acncodec import compiled
from acncodec.compiled import PREFIX, kept_in, remove_others, sources_digest
from acncodec.stack.ans_kernels import total_information

ROOMS = "stack", "engines/int16", "ordering"


def package(folder: Path) -> Path:
    for room in ROOMS:
        (folder / room).mkdir(parents=True)
        (folder / room / "kernels.py").write_text("ONE = 1\n")
    return folder


def test_every_source_is_in_the_digest(tmp_path: Path) -> None:
    folder = package(tmp_path)
    before = sources_digest(folder)
    assert sources_digest(folder) == before
    for room in ROOMS:
        (folder / room / "kernels.py").write_text("ONE = 2\n")
        after = sources_digest(folder)
        assert after != before
        before = after
    (folder / "stack" / "more.py").touch()
    assert sources_digest(folder) != before


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
