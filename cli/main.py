"""`acncodec`: the group of commands, and what every failure looks like."""

from __future__ import annotations

import importlib
import signal
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import click

from acncodec import __version__
from acncodec.errors import AcnError

from .session import Session, common_options, fail
from .signals import Signals, Terminated

INTERRUPTED = 128 + signal.SIGINT
OUT_OF_MEMORY = (
    "can't allocate memory", "failed to map segment", "can't start new thread",
    "error return without exception set",
)  # fmt: skip
"""How torch, the loader of shared libraries, the threads and Python, which then has none for the
error itself, say that there is no memory."""
HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


COMMANDS = {
    "train": "train",
    "compress": "compress",
    "join": "join",
    "decompress": "decompress",
    "verify": "decompress",
    "info": "info",
    "bench": "bench",
    "report": "report",
    "sample": "sample",
    "reconstruct": "reconstruct",
    "daydream": "daydream",
    "walk": "walk",
    "neighbours": "neighbours",
    "embed": "embed",
    "plot": "plot",
    "explore": "explore",
    "probe": "probe",
    "models": "models",
    "data": "data",
    "demo": "demo",
}
"""Each command and the module of this package that has it, under the command's name."""


class Commands(click.Group):
    """Imports a command's module when the command is asked for: none waits for the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of all commands, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """The command of this name, or none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f".{COMMANDS[cmd_name]}", __package__)
        command: click.Command = getattr(module, cmd_name)
        return command


@click.command(cls=Commands, context_settings=HELP)
@click.version_option(__version__, prog_name="acncodec")
@common_options
def cli() -> None:
    """Lossless compression of a set of images as one thing."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; never raises but on an exit of its own.

    0 all went well, 1 failure, 2 wrong usage, 130 and 143 interrupted and terminated.
    """
    session = Session()
    try:
        result = cli.main(list(arguments), prog_name="acncodec", obj=session, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except BaseException as error:  # noqa: BLE001 a Rust panic is not an Exception
        if session.debug:
            traceback.print_exception(error)
        return _report(error)
    return result if isinstance(result, int) else 0


def _report(error: BaseException) -> int:
    """Say what went wrong in one line, and return the exit status."""
    if isinstance(error, click.Abort | KeyboardInterrupt):
        fail("interrupted")
        return INTERRUPTED
    if isinstance(error, Terminated):
        fail("terminated")
        return 128 + error.number
    fail(" ".join(_cause(error).split()))
    return 1


def _cause(error: BaseException) -> str:
    if isinstance(error, AcnError):
        return str(error)
    if isinstance(error, MemoryError) or any(sign in str(error) for sign in OUT_OF_MEMORY):
        return "not enough memory (a smaller --batch and fewer --threads take less)"
    if isinstance(error, OSError):
        cause = error.strerror or str(error) or type(error).__name__
        return f"{error.filename}: {cause}" if error.filename is not None else cause
    if type(error).__name__ == "PanicException":
        return f"the entropy coder stopped: {error} (a bug; --debug shows where)"
    return f"internal error: {type(error).__name__}: {error} (a bug; --debug shows where)"


def main() -> None:
    """The entry point of the `acncodec` script."""
    Signals().install()
    try:
        status = run(sys.argv[1:])
    except SystemError as error:  # that of a call, where there is no memory for its own error
        status = _report(error)
    # Python (3.11) notes a KeyboardInterrupt that passes through code made of text, as classes of
    # data are. Run by -m, it then ends by that signal whatever the status is; the next such code
    # forgets it. There may be no memory for that; then nothing was interrupted.
    with suppress(MemoryError):
        exec("")  # noqa: S102
    sys.exit(status)
