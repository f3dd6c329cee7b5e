"""What `decompress` writes, and where, as the name says."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from cli_types import Acn
from npz import arrays, same
from tiny import blobs

from acncodec.errors import OutputError
from acncodec_cli.outputs import OUTPUT, Output, check_archive


def output(name: object) -> Output:
    found = OUTPUT.convert(str(name), None, None)
    assert isinstance(found, Output)
    return found


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.npz", "npz"), ("a.b.NPZ", "npz"), ("a.npy", "npy"), ("a.parquet", "parquet"),
        ("a/", "folder"), ("a.npz/", "folder"), ("a", "folder"), ("b/a", "folder"),
        ("there.npz", "folder"), ("./-", "folder"), ("a.acn", None), ("a.zip", None), ("-", None),
    ],
)  # fmt: skip
def test_the_ending_says_the_form_and_none_or_a_slash_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, form: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.npz").mkdir()
    found = output(name)
    assert (found.path, found.form, found.is_pipe) == (Path(name), form, name == "-")


def test_what_could_not_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    for name in ("a.npz", "full/b"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"mine")
    for name, force in (("a.npz", False), ("full", True), ("none/a.npz", True), ("none/a", True)):
        with pytest.raises(OutputError):
            output(tmp_path / name).check(force)
    output(tmp_path / "a.npz").check(force=True)
    output(tmp_path / "new").check(force=False)


def test_a_name_that_says_no_form_is_refused(
    acn: Acn, archive: Path, model_file: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    for name in ("b.zip", "b.txt", "b.npz.gz", "b.png", "b.v2"):
        outcome = acn("decompress", archive, tmp_path / name, "--model", model_file)
        assert outcome.code == 1
        assert outcome.err.startswith(f"acncodec: {tmp_path / name}: its name says no form that is")
        assert ".npz, .npy, .parquet, or a folder" in outcome.err
    assert sorted(tmp_path.iterdir()) == before


def test_standard_output_needs_a_form_and_nothing_else_has_one(acn: Acn, archive: Path) -> None:
    for line in (
        ("-",), ("a.npz", "--to", "npz"), ("-", "--to", "parquet"),
        ("-", "--to", "npz", "--salvage", "--json"),
    ):  # fmt: skip
        assert acn("decompress", archive, *line).code == 2
    with pytest.raises(click.UsageError, match="--to npz or --to npy"):
        output("-").as_said(None)
    assert output("-").as_said("npy").form == "npy"


def test_a_terminal_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    leader, follower = os.openpty()
    with os.fdopen(leader, "wb"), open(follower, "w") as terminal:  # noqa: PTH123
        monkeypatch.setattr("sys.stdout", terminal)
        with pytest.raises(OutputError, match="-: is a terminal"):
            output("-").as_said("npz").check(force=False)
        with pytest.raises(OutputError, match="-: is a terminal"):
            check_archive(Path("-"), force=True)


PIPED = "from acncodec_cli.main import main; main()"


def piped(*line: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    """A command line in a process of its own, whose output is a pipe."""
    words = [sys.executable, "-c", PIPED, *map(str, line)]
    return subprocess.run(words, capture_output=True, check=False, **options)  # type: ignore[call-overload]


def test_all_arrays_through_a_pipe(archive: Path, data_file: Path, model_file: Path) -> None:
    found = piped("decompress", archive, "-", "--to", "npz", "--model", model_file)
    assert found.returncode == 0, found.stderr
    assert found.stderr == b"acncodec: -: 40 images of 8x8 and 2 other array(s)\n"
    back = data_file.with_name("piped.npz")
    back.write_bytes(found.stdout)
    assert same(data_file, back)


def test_an_archive_through_a_pipe(archive: Path, data_file: Path, model_file: Path) -> None:
    found = piped("compress", data_file, "-", "--model", model_file, "--verify")
    assert found.returncode == 0, found.stderr
    assert found.stdout == archive.read_bytes()
    assert found.stderr.startswith(b"acncodec: -\n  images ")
    parts = [archive.with_name(f"{number}.acn") for number in (1, 2)]
    for number, part in enumerate(parts, 1):
        line = (data_file, part, "--shard", f"{number}/2", "--model", model_file)
        assert piped("compress", *line).returncode == 0
    joined = piped("join", *parts, "-", "-q")
    assert (joined.returncode, joined.stderr) == (0, b"")
    assert piped("join", *parts, archive, "-f", "-q").returncode == 0
    assert joined.stdout == archive.read_bytes()


def test_where_an_archive_goes_nothing_else_does(
    acn: Acn, data_file: Path, archive: Path, model_file: Path
) -> None:
    for line in (
        ("compress", data_file, "-", "--json"), ("compress", data_file, "-", "--fit", 1),
        ("join", archive, "-", "--json"),
    ):  # fmt: skip
        assert acn(*line).code == 2
    damaged = data_file.with_name("damaged.npz")
    damaged.write_bytes(data_file.read_bytes()[:-30])
    found = piped("compress", damaged, "-", "--model", model_file)
    assert found.returncode == 1 and found.stdout == b""


def test_nothing_of_a_damaged_archive_goes_through_a_pipe(archive: Path, model_file: Path) -> None:
    content = bytearray(archive.read_bytes())
    content[-20] ^= 1
    archive.write_bytes(content)
    found = piped("decompress", archive, "-", "--to", "npz", "--model", model_file)
    assert found.returncode == 1 and found.stdout == b"" and b"CRC-32" in found.stderr


def test_a_pipe_that_is_closed_at_the_other_end(archive: Path, model_file: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = ["decompress", str(archive), "-", "--to", "npz", "--model", str(model_file)]
    with os.fdopen(writer, "wb") as closed:
        found = subprocess.run(
            [sys.executable, "-c", PIPED, *words], stdout=closed, stderr=subprocess.PIPE,
            check=False,
        )  # fmt: skip
    assert found.returncode == 1
    assert found.stderr == b"acncodec: -: cannot be written: Broken pipe\n"


@pytest.fixture
def plain(acn: Acn, model_file: Path, tmp_path: Path) -> Path:
    """An archive of an .npy."""
    np.save(tmp_path / "in.npy", blobs(30, 3)[:, 0] * np.uint8(7))
    line = ("compress", tmp_path / "in.npy", tmp_path / "plain.acn", "--model", model_file)
    assert acn(*line, "--shard-size", 12).code == 0
    return tmp_path / "plain.acn"


def test_an_npy_is_what_it_was_byte_for_byte(
    acn: Acn, plain: Path, model_file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "b.npy"
    outcome = acn("decompress", plain, target, "--model", model_file)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"{target}: 30 images of 8x8\n"
    assert target.read_bytes() == (tmp_path / "in.npy").read_bytes()
    part = ("decompress", plain, tmp_path / "c.npy", "--model", model_file, "--range", "5:20")
    assert acn(*part).code == 0
    assert np.array_equal(np.load(tmp_path / "c.npy"), np.load(target)[5:20])
    saved = ("decompress", plain, tmp_path / "d.npy", "--model", model_file, "--salvage")
    assert acn(*saved).code == 0
    assert (tmp_path / "d.npy").read_bytes() == target.read_bytes()


def test_an_npy_through_a_pipe(plain: Path, model_file: Path, tmp_path: Path) -> None:
    found = piped("decompress", plain, "-", "--to", "npy", "--model", model_file, "-q")
    assert (found.returncode, found.stderr) == (0, b"")
    assert np.array_equal(np.load(io.BytesIO(found.stdout)), np.load(tmp_path / "in.npy"))


def test_an_npy_has_no_room_for_other_arrays_nor_for_a_name(
    acn: Acn, archive: Path, model_file: Path, tmp_path: Path
) -> None:
    before = sorted(tmp_path.iterdir())
    for more in ((), ("--range", "0:3"), ("--salvage",)):
        outcome = acn("decompress", archive, tmp_path / "b.npy", "--model", model_file, *more)
        assert outcome.code == 1 and "it holds 'y', 'note', and an .npy has no room" in outcome.err
        assert outcome.err.startswith(f"acncodec: {archive}: ")
    assert sorted(tmp_path.iterdir()) == before
    np.savez(tmp_path / "n.npz", pictures=blobs(9, 1)[:, 0])
    line = ("compress", tmp_path / "n.npz", tmp_path / "n.acn", "--model", model_file)
    assert acn(*line).code == 0
    outcome = acn("decompress", tmp_path / "n.acn", tmp_path / "n.npy", "--model", model_file)
    assert outcome.code == 0 and "that of its array, 'pictures', is left out" in outcome.err


def test_arrays_that_are_no_single_one_are_refused(acn: Acn, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    lists = {f"x/{at}": rng.integers(0, 200, (4 + at, 5), np.uint8) for at in range(3)}
    splits = {f"x_{name}": rng.integers(0, 200, (3, 4, 4), np.uint8) for name in ("train", "test")}
    for given, message in ((lists, "of several shapes"), (splits, "several sets")):
        np.savez(tmp_path / "a.npz", **given)
        assert acn("compress", tmp_path / "a.npz", tmp_path / "a.acn", "-f").code == 0
        for name in ("b.npy", "b.parquet"):
            outcome = acn("decompress", tmp_path / "a.acn", tmp_path / name)
            assert outcome.code == 1 and message in outcome.err, outcome.err
            assert not (tmp_path / name).exists()
        assert acn("decompress", tmp_path / "a.acn", tmp_path / "b.npz", "-f").code == 0
        assert {*arrays(tmp_path / "b.npz")} == {*given}
