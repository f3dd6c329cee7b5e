"""The group: help, version, and what failures look like."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from cli_types import Acn

from acncodec import __version__
from acncodec.errors import ModelError
from acncodec_cli import data
from acncodec_cli.main import cli
from acncodec_cli.session import printable
from acncodec_cli.signals import Terminated

COMMANDS = {
    "train", "compress", "decompress", "verify", "info", "bench", "report", "models", "data",
    "demo", "sample", "reconstruct", "daydream", "walk", "neighbours", "embed", "plot", "probe",
}  # fmt: skip


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))


def test_the_commands_are_those_promised() -> None:
    assert set(cli.list_commands(click.Context(cli))) >= COMMANDS


def test_no_command_waits_for_the_modules_of_others() -> None:
    script = (
        "import sys; from acncodec_cli.main import run; run(['--version']);"
        " sys.exit(any(m in sys.modules for m in ('numpy', 'numba', 'torch', 'scipy')))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)


@pytest.mark.parametrize(("name", "command"), list(leaves(cli)))
def test_every_command_and_option_has_help(name: str, command: click.Command) -> None:
    assert command.help, name
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("name", [name for name, _ in leaves(cli)])
def test_help(acn: Acn, name: str, flag: str) -> None:
    outcome = acn(*name.split(), flag)
    assert outcome.code == 0
    assert outcome.out.startswith(f"Usage: acncodec {name}")


def test_version(acn: Acn) -> None:
    outcome = acn("--version")
    assert (outcome.code, outcome.err) == (0, "")
    assert __version__ in outcome.out


@pytest.mark.parametrize("line", ["nonsense", "compress", "compress a b --order some", "verify"])
def test_wrong_usage_exits_with_2(acn: Acn, line: str) -> None:
    outcome = acn(*line.split())
    assert outcome.code == 2
    assert outcome.out == ""
    assert "Error" in outcome.err


class PanicException(BaseException):
    """What pyo3 raises; it has this name."""


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (ModelError("m: is bad\n(offset 3)"), 1, "acncodec: m: is bad (offset 3)\n"),
        (FileNotFoundError(2, "No such file or directory", "f"), 1, "acncodec: f: No such file"),
        (MemoryError(), 1, "acncodec: not enough memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), 1, "not enough memory"),
        (ImportError("x.so: failed to map segment from shared object"), 1, "not enough memory"),
        (ModelError("dtype \x1b[2J"), 1, "acncodec: dtype \\x1b[2J\n"),
        (PanicException("range > 1"), 1, "acncodec: the entropy coder stopped: range > 1"),
        (ZeroDivisionError("oh"), 1, "acncodec: internal error: ZeroDivisionError: oh"),
        (KeyboardInterrupt(), 130, "acncodec: interrupted"),
        (Terminated(signal.SIGTERM), 143, "acncodec: terminated"),
    ],
)
@pytest.mark.parametrize("debug", [False, True])
def test_failures_are_one_line_and_an_exit_status(
    acn: Acn,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    message: str,
    debug: bool,
) -> None:
    def fail(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(data.list_data, "callback", fail)
    outcome = acn("data", "list", *(["--debug"] if debug else []))
    assert outcome.code == code
    assert outcome.out == ""
    assert message in outcome.err
    assert ("Traceback" in outcome.err) == debug


def test_a_name_that_is_no_unicode_is_escaped() -> None:
    assert printable("\udcff.acn: ok\n") == "\\udcff.acn: ok\n"
    assert printable("naïve 漢\n", lines=False) == "naïve 漢\\n"


@pytest.mark.parametrize("arguments", [["-m", "acncodec_cli"]])
def test_the_module_is_the_command(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *arguments, "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1] == __version__


def test_help_needs_no_heavy_import() -> None:
    code = (
        "import sys\nfrom acncodec_cli.main import run\nassert run(['-h']) == 0\n"
        "print([name for name in ('torch', 'numba', 'faiss') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
