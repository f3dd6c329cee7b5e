"""Disks that fill up, folders that cannot be written, kills: what was there before stays whole."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from tiny import blobs

import acncodec.training.checkpoint
from acncodec.errors import AcnError, OutputError
from acncodec.models.frozen import FrozenModel
from acncodec.training.session import checkpoint_path, train_model
from acncodec_cli.main import run

TEMPORARY = re.compile(r"\.[0-9a-f]{16}\.tmp")


@pytest.fixture
def folder(tiny_model: FrozenModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a model, a data set and an archive of it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(tiny_model.to_bytes())
    np.savez(tmp_path / "data.npz", x=blobs(60, 1)[:, 0], y=np.random.default_rng(0).random(3000))
    assert run(["-q", "compress", "data.npz", "data.acn", "--model", "model.safetensors"]) == 0
    np.save(tmp_path / "images.npy", blobs(60, 1)[:, 0])
    assert run(["-q", "compress", *SHARDED, "-f"]) == 0
    (tmp_path / "out").rename("shards.acn")
    return tmp_path


def content() -> dict[str, bytes]:
    """All files of the working folder."""
    return {path.name: path.read_bytes() for path in Path().iterdir()}


SHARDED = ["images.npy", "out", "--model", "model.safetensors", "--shard-size", "25"]
COMMANDS = {
    "compress shards": ["compress", *SHARDED, "--threads", "2", "--verify"],
    "decompress shards": ["decompress", "shards.acn", "out.npz", "--model", "model.safetensors"],
    "range": [
        "decompress",
        "data.acn",
        "out.npz",
        "--model",
        "model.safetensors",
        "--range",
        "3:5",
    ],
    "compress": ["compress", "data.npz", "out", "--model", "model.safetensors"],
    "decompress": ["decompress", "data.acn", "out.npz", "--model", "model.safetensors"],
    "train": ["train", "data.npz", "-o", "out", "--preset", "tiny", "--steps", "2"],
    "export": ["models", "export", "mnist", "out"],
    "fit": ["compress", "data.npz", "out", "--fit", "0.0000001", "--threads", "1"],
}


def failing(code: int) -> Callable[..., NoReturn]:
    def fail(*_arguments: Any, **_more: Any) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return fail


# What fails, and whether a target is there before: a new one is linked, an old one replaced.
FAILURES = [
    *((call, code, there) for there in (False, True) for call, code in (
        ("os.fsync", errno.ENOSPC), ("os.fsync", errno.EIO),
    )),
    ("pathlib.Path.replace", errno.EROFS, True),
    ("pathlib.Path.hardlink_to", errno.ENOSPC, False),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("call", "code", "there"), FAILURES)
def test_a_failing_disk_leaves_what_was_there(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    command: str, call: str, code: int, there: bool,
) -> None:  # fmt: skip
    """Whatever fails at the end: the target is as it was, and no temporary file stays."""
    target = "out.npz" if "out.npz" in COMMANDS[command] else "out"
    if there:
        Path(target).write_bytes(b"mine")
    before = content()
    with monkeypatch.context() as patch:
        patch.setattr(call, failing(code))
        assert run(["-q", *COMMANDS[command], *(["-f"] if there else [])]) == 1
    error = capsys.readouterr().err
    assert "out" in error and os.strerror(code) in error and error.count("\n") == 1
    after = content()
    if call.endswith("hardlink_to"):
        after.pop("out.checkpoint.safetensors", None)  # the run itself was whole
        after.pop("out.fit", None)
    assert after == before
    assert run(["-q", *COMMANDS[command], *(["-f"] if there or command == "train" else [])]) == 0


@pytest.mark.parametrize("command", ["compress", "decompress", "decompress shards", "train", "fit"])
def test_a_write_that_fails_leaves_nothing(folder: Path, command: str) -> None:
    """A limit on the size of files stands in for the full disk: the write itself fails."""
    before = content()
    code = (
        "import resource, signal, sys\nfrom acncodec_cli.main import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "-q", *COMMANDS[command]],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "out" in done.stderr and "Traceback" not in done.stderr, done.stderr
    assert content() == before


def test_a_checkpoint_that_cannot_be_written_leaves_the_last_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = Path("out.safetensors")
    train_model(Path("data.npz"), output, preset="tiny", steps=2)
    before = content()

    def half(_tensors: Any, path: Path, _meta: Any) -> NoReturn:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(acncodec.training.checkpoint, "save_file", half)
        with pytest.raises(OutputError, match=r"checkpoint cannot be written.*No space left"):
            train_model(Path("data.npz"), output, preset="tiny", steps=4, resume=True, force=True)
    assert content() == before
    train_model(Path("data.npz"), output, preset="tiny", steps=4, resume=True, force=True)


def test_a_folder_that_may_not_be_written_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = Path.open

    def read_only(path: Path, mode: str = "r", *more: Any, **rest: Any) -> Any:
        if set(mode) & set("wxa+"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return opened(path, mode, *more, **rest)

    before = content()
    monkeypatch.setattr(Path, "open", read_only)
    for command in ("compress", "decompress", "train"):
        assert run(["-q", *COMMANDS[command]]) == 1
        error = capsys.readouterr().err
        assert error.startswith(("acncodec: out: ", "acncodec: out.npz: "))
        assert "not writable" in error
    monkeypatch.undo()
    os.chdir(folder)
    assert content() == before


def test_what_a_killed_run_left_is_in_nobody_s_way(folder: Path) -> None:
    """Such files belong to nobody: another run might still be writing one, so none is removed."""
    left = [
        Path(".0123456789abcdef.tmp"),
        Path("out.checkpoint.safetensors.tmp"),
        Path("out.fit.tmp"),
    ]
    for path in left:
        path.write_bytes(b"half")
    for command in ("compress", "decompress", "train", "fit"):
        assert run(["-q", *COMMANDS[command], "-f"]) == 0
    assert left[0].read_bytes() == b"half"
    assert not any(path.exists() for path in left[1:])  # the next checkpoint took its place


# The codec says where it is and waits there, so that no clock decides what is interrupted.
WAITING = """
import time
import acncodec.codec.compress_set
from acncodec_cli.main import main

def wait(data, models, options, file, *heard):
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    while True:
        time.sleep(0.01)

acncodec.codec.compress_set.compress_set = wait
main()
"""


@pytest.mark.parametrize("there", [False, True])
def test_a_kill_leaves_a_temporary_file_and_the_target_as_it_was(folder: Path, there: bool) -> None:
    if there:
        Path("out").write_bytes(b"mine")
    before = content()
    line = [sys.executable, "-c", WAITING, *COMMANDS["compress"], *(["-f"] if there else [])]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(signal.SIGKILL)
    after = content()
    (left,) = after.keys() - before.keys()
    assert TEMPORARY.fullmatch(left) and after.pop(left) == b"half"
    assert after == before
    assert run(["-q", *COMMANDS["compress"], *(["-f"] if there else [])]) == 0
    assert run(["-q", "verify", "out", "--model", "model.safetensors"]) == 0


def test_a_link_for_a_target_is_followed(folder: Path) -> None:
    """What the link points to is written or replaced; the link stays."""
    Path("real").mkdir()
    for link in (Path("out"), Path("out.npz")):
        link.symlink_to("real/file")
    assert run(["-q", *COMMANDS["compress"]]) == 0
    assert (
        Path("out").is_symlink() and Path("real/file").read_bytes() == Path("data.acn").read_bytes()
    )
    assert run(["-q", *COMMANDS["decompress"]]) == 1
    assert run(["-q", *COMMANDS["decompress"], "-f"]) == 0
    assert Path("out.npz").is_symlink() and Path("real/file").read_bytes()[:2] == b"PK"
    assert [path.name for path in Path("real").iterdir()] == ["file"]


def in_a_small_disk(options: str, script: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script beside `disk`, a file system of its own that nobody else sees."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("there is no unshare here")
    Path("disk").mkdir()
    mount = f"mount -t tmpfs -o {options} none disk"
    tried = subprocess.run(
        [unshare, "-rm", "sh", "-c", mount], capture_output=True, text=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"no file system can be mounted here: {tried.stderr.strip()}")
    return subprocess.run(
        [unshare, "-rm", "sh", "-c", f"{mount} && {script}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def typed(arguments: list[str]) -> str:
    """A command line for a shell."""
    return " ".join([sys.executable, "-m", "acncodec_cli", "-q", *arguments])


@pytest.mark.parametrize("command", ["compress", "decompress"])
def test_a_disk_that_is_full(folder: Path, command: str) -> None:
    line = [
        f"disk/{argument}" if argument in ("out", "out.npz") else argument
        for argument in COMMANDS[command]
    ]
    done = in_a_small_disk("size=8k", f"{typed(line)}; echo status $?; ls -A disk")
    assert done.stdout == "status 1\n"
    target = next(argument for argument in line if argument.startswith("disk/"))
    assert f"{target}: cannot be written: No space left on device" in done.stderr


def test_a_disk_that_is_full_for_the_state_of_a_fit(folder: Path) -> None:
    """It is known before the training, and again when the state has become larger."""
    line = [argument.replace("out", "disk/out") for argument in COMMANDS["fit"]]
    done = in_a_small_disk("size=8k", f"{typed(line)}; echo status $?; ls -A disk")
    assert done.stdout == "status 1\n"
    assert "disk/out.fit: the checkpoint cannot be written" in done.stderr
    assert "No space left on device" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["compress", "fit"])
def test_a_disk_that_is_read_only(folder: Path, command: str) -> None:
    line = [argument.replace("out", "disk/out") for argument in COMMANDS[command]]
    done = in_a_small_disk("ro", f"{typed(line)}; echo status $?; ls -A disk")
    assert done.stdout == "status 1\n"
    assert "disk/out" in done.stderr and "Read-only file system" in done.stderr
    assert command != "compress" or "out: cannot be written: " in done.stderr


def test_a_name_that_no_archive_can_hold_is_refused_before_the_training(folder: Path) -> None:
    with pytest.raises(AcnError, match="printable"):
        train_model(Path("data.npz"), Path("a\nb.safetensors"), preset="tiny", steps=2)
    assert not checkpoint_path(Path("a\nb.safetensors")).exists()
