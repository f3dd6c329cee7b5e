"""Whether files have changed meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

from acncodec_cli.stamps import stamps


def test_a_file_that_is_written_replaced_or_touched_shows(tmp_path: Path) -> None:
    file, other = tmp_path / "a.npz", tmp_path / "other"
    file.write_bytes(b"1")
    seen = [stamps([file, None], tmp_path / "out")]
    os.utime(file, ns=(1, 1))
    seen.append(stamps([file], tmp_path / "out"))
    file.write_bytes(b"12")
    os.utime(file, ns=(1, 1))
    seen.append(stamps([file], tmp_path / "out"))
    other.write_bytes(b"12")
    os.utime(other, ns=(1, 1))
    other.replace(file)
    seen.append(stamps([file], tmp_path / "out"))
    assert all(a != b for index, a in enumerate(seen) for b in seen[:index])
    assert stamps([file], tmp_path / "out") == seen[-1]


def test_all_files_of_a_folder_count_but_for_the_output_and_what_is_beside_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.png", "deep/b.png", "deep/a.acn.png"):
        (tmp_path / name).write_bytes(b"1")
    before = stamps([tmp_path], tmp_path / "a.acn")
    assert {path.name for path in before} == {"a.png", "b.png", "a.acn.png"}
    for name in ("a.acn", "a.acn.fit", "a.acn.fit.tmp", ".0123.tmp"):
        (tmp_path / name).write_bytes(b"1")
    assert stamps([tmp_path], tmp_path / "a.acn") == before
    (tmp_path / "deep" / "c.png").write_bytes(b"1")
    assert stamps([tmp_path], tmp_path / "a.acn") != before


def test_what_is_no_file_has_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert stamps([Path("-"), tmp_path / "pipe", tmp_path / "none"], tmp_path / "out") == {}
