"""torchac is imported quietly, and a missing one is an error that names its extra."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from optional import needs_torchac
from torch.utils import cpp_extension

from acncodec.errors import FormatError, MissingExtraError
from acncodec.stack.coders import check_coder, reader, writer
from acncodec.stack.torchac_backend import load_torchac

pytestmark = needs_torchac


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing imported yet, and nothing remembered afterwards."""
    for name in ("torchac", "torchac.torchac"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    load_torchac.cache_clear()
    yield
    load_torchac.cache_clear()


def test_a_missing_package_names_its_extra(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchac", None)
    message = r"needs torchac.*pip install 'acncodec\[torchac\]'"
    with pytest.raises(MissingExtraError, match=message):
        check_coder("torchac")
    with pytest.raises(MissingExtraError, match=message):
        writer("torchac", bytes(32), 1)
    with pytest.raises(MissingExtraError, match=message):
        reader("torchac", bytes(32))
    check_coder("ans")


def test_a_compiler_that_fails_is_reported(fresh: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **options: object) -> None:
        raise RuntimeError("Ninja is required to load C++ extensions")

    monkeypatch.setattr(cpp_extension, "load", fails)
    with pytest.raises(MissingExtraError, match=r"C\+\+ compiler.*Ninja is required"):
        load_torchac()
    assert cpp_extension.load is fails


def test_a_lock_that_a_killed_process_left_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "torchac_backend" / "lock"
    lock.parent.mkdir()
    lock.touch()
    code = (
        "from acncodec.stack import torchac_backend; torchac_backend.PATIENCE_SECONDS = 0.0;"
        " torchac_backend.load_torchac()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "TORCH_EXTENSIONS_DIR": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"delete {lock}" in done.stderr
    assert lock.exists()


def test_an_unknown_coder_has_no_stack() -> None:
    with pytest.raises(FormatError, match="huffman"):
        reader("huffman", bytes(32))


def test_the_import_is_lazy_and_says_nothing() -> None:
    code = (
        "import sys; from acncodec.stack import coders; assert 'torchac' not in sys.modules;"
        " coders.check_coder('torchac'); assert 'torchac' in sys.modules"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
