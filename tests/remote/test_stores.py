"""Stores that cannot be reached: their package is missing, they refuse, or they never answer."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import blobs

from acncodec.remote import address as addresses
from acncodec_cli.main import run

PACKAGES = {"gs": "gcsfs", "hf": "huggingface_hub", "s3": "s3fs"}
LINES = (
    "compress {far}/a.npy out.acn",
    "compress a.npy {far}/out.acn",
    "compress a.npy out.acn --labels {far}/labels.npy",
    "decompress {far}/a.acn back.npz",
    "verify {far}/a.acn",
    "info {far}/a.acn",
    "join {far}/1.acn {far}/2.acn out.acn",
)


@pytest.fixture
def registry() -> dict[str, Any]:
    """The file systems that fsspec has imported, by protocol."""
    pytest.importorskip("fsspec", reason="fsspec is not installed (extra `addresses`)")
    found: dict[str, Any] = sys.modules["fsspec.registry"]._registry  # type: ignore[attr-defined]
    return found


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where commands are typed; there is nothing new in it in the end."""
    monkeypatch.chdir(tmp_path)
    np.save("a.npy", blobs(6, 1)[:, 0])
    yield tmp_path
    assert [path.name for path in tmp_path.iterdir()] == ["a.npy"]


def said(capsys: pytest.CaptureFixture[str], line: str) -> str:
    """What a command that fails says, in one line."""
    assert run(line.split()) == 1
    found = capsys.readouterr().err.splitlines()
    (error,) = [one for one in found if not one.startswith("acncodec: warning:")]
    return error


@pytest.mark.parametrize("protocol", PACKAGES)
@pytest.mark.parametrize("line", LINES)
def test_a_package_that_is_missing_is_named(
    registry: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], protocol: str, line: str,
) -> None:  # fmt: skip
    monkeypatch.delitem(registry, protocol, raising=False)
    monkeypatch.setitem(sys.modules, PACKAGES[protocol], None)
    error = said(capsys, line.format(far=f"{protocol}://sets"))
    assert f"{protocol}://sets/" in error and PACKAGES[protocol] in error


@pytest.mark.parametrize("line", LINES)
def test_a_kind_that_nobody_knows_is_said(
    registry: dict[str, Any], capsys: pytest.CaptureFixture[str], line: str
) -> None:
    assert "nonesuch" not in registry
    assert "Protocol not known: nonesuch" in said(capsys, line.format(far="nonesuch://sets"))


def failing(protocol: str, fail: Any) -> type:
    """A file system of which every question does `fail`."""
    from fsspec.implementations.memory import MemoryFileSystem

    def ask(*_arguments: object, **_named: object) -> Any:
        return fail()

    asked = ("info", "isfile", "isdir", "exists", "cat_file", "get_file", "put_file", "find")
    return type(protocol, (MemoryFileSystem,), {"protocol": protocol, **dict.fromkeys(asked, ask)})


@pytest.mark.parametrize("protocol", PACKAGES)
@pytest.mark.parametrize("line", LINES)
def test_a_store_that_refuses_is_quoted(
    registry: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], protocol: str, line: str,
) -> None:  # fmt: skip
    def fail() -> None:
        raise ConnectionError("no way there\nand a second line")

    monkeypatch.setitem(registry, protocol, failing(protocol, fail))
    error = said(capsys, line.format(far=f"{protocol}://sets"))
    assert f"{protocol}://sets/" in error and error.endswith("no way there")


@pytest.mark.parametrize("protocol", PACKAGES)
@pytest.mark.parametrize("line", LINES)
def test_a_store_that_never_answers_is_given_up(
    registry: dict[str, Any], monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], protocol: str, line: str,
) -> None:  # fmt: skip
    over = threading.Event()
    monkeypatch.setattr(addresses, "ANSWER_SECONDS", 0.1)
    monkeypatch.setitem(registry, protocol, failing(protocol, over.wait))
    try:
        error = said(capsys, line.format(far=f"{protocol}://sets"))
        assert f"{protocol}://sets/" in error and error.endswith("nothing answered within 0.1 s")
    finally:
        over.set()
