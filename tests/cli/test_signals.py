"""SIGTERM and Ctrl-C in a process of its own: exit status, and nothing left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from heard import HEARD

# The codec says where it is and waits there, so that no clock decides what is interrupted.
WAITING = f"""{HEARD}
import sys, time
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


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)]
)
def test_a_signal_leaves_nothing_behind(
    data_file: Path, model_file: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    line = ["compress", str(data_file), str(tmp_path / "a.acn"), "--model", str(model_file)]
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING, *line],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "writing\n"
        assert len(list(tmp_path.iterdir())) == 2
        process.send_signal(number)
        errors = process.stderr.read()
    assert process.returncode == code
    assert errors in (
        "acncodec: terminated\n",
        "\nacncodec: interrupted\n",
        "acncodec: interrupted\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]


TEXT = """
import acncodec.codec.compress_set
from acncodec_cli.main import main

def interrupted(*heard):
    exec("raise KeyboardInterrupt")

acncodec.codec.compress_set.compress_set = interrupted
main()
"""


def test_an_interrupt_within_code_made_of_text_ends_with_its_status(
    data_file: Path, model_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "text.py").write_text(TEXT)
    line = ["compress", str(data_file), str(tmp_path / "a.acn"), "--model", str(model_file)]
    done = subprocess.run(
        [sys.executable, "-m", "text", *line], capture_output=True, text=True, check=False,
        cwd=tmp_path,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "\nacncodec: interrupted\n")


# Code that says it is numba's, or what an import has called, sends the signal, and once more when
# that would be raised.
DELICATE = """
import os, signal, sys, time
from acncodec_cli.signals import Signals, Terminated

Signals().install()
names = {"os": os, "signal": signal, "time": time}
code = "def cb():\\n os.kill(os.getpid(), signal.SIGTERM)\\n time.sleep(0)\\n return 'whole'"
exec(compile(code, sys.argv[1], "exec"), names)
try:
    print(names["cb"](), flush=True)
    while True:
        time.sleep(0.01)
except Terminated:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0)
    print("terminated once")
"""


@pytest.mark.parametrize("file", ["/lib/numba/core/x.py", "<frozen importlib._bootstrap>"])
def test_nothing_is_raised_inside_the_compiler_nor_twice(file: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DELICATE, file], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("whole\nterminated once\n", "")


# Two shards are being coded, each in a thread of its own, when the signal comes.
LANES = f"""{HEARD}
import sys
import acncodec.shards.push
from acncodec_cli.main import main

def work(planned, model, workers, *, coder, progress):
    sys.stdout.write("coding\\n")  # in one piece: the other thread writes too
    sys.stdout.flush()
    while True:
        workers.map(lambda item: item, [1])

acncodec.shards.push.push_shard = work
main()
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_shards_that_are_coded_side_by_side(
    data_file: Path, model_file: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    line = ["compress", str(data_file), str(tmp_path / "a.acn"), "--model", str(model_file)]
    process = subprocess.Popen(
        [sys.executable, "-c", LANES, *line, "--shard-size", "10", "--threads", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _ in range(2)]
        process.send_signal(number)
        errors = process.stderr.read()
    assert lines == ["coding\n"] * 2
    assert process.returncode == code and "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["data.npz"]
