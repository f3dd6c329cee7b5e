"""Whether `decompress` writes a file or a folder, as the name of it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from acncodec.errors import OutputError
from acncodec_cli.outputs import OUTPUT


@pytest.mark.parametrize(
    ("name", "is_folder"),
    [
        ("a.npz", False), ("a.b.npz", False), ("a.acn", False), ("-", False),
        ("a/", True), ("a.npz/", True), ("a", True), ("b/a", True), ("there.npz", True),
    ],
)  # fmt: skip
def test_a_slash_no_suffix_or_a_folder_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_folder: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.npz").mkdir()
    found = OUTPUT.convert(name, None, None)
    assert (found.path, found.is_folder) == (Path(name), is_folder)


def test_what_could_not_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    for name in ("a.npz", "full/b"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    for name, force in (("a.npz", False), ("full", True), ("none/a.npz", True), ("none/a", True)):
        with pytest.raises(OutputError):
            OUTPUT.convert(str(tmp_path / name), None, None).check(force)
    OUTPUT.convert(str(tmp_path / "a.npz"), None, None).check(force=True)
    OUTPUT.convert(str(tmp_path / "new"), None, None).check(force=False)
