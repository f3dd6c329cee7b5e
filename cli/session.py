"""What every command shares: verbosity, messages, and errors that name their file."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from acncodec.errors import OutputError

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


@dataclass
class Session:
    """How much one invocation says: 1 with -v, -1 with -q; `debug` shows tracebacks."""

    verbosity: int = 0
    debug: bool = False


def session() -> Session:
    """The session of the running command."""
    return click.get_current_context().ensure_object(Session)


def _set_verbosity(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).verbosity = 1 if parameter.name == "verbose" else -1


def _set_debug(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).debug = True


def common_options(function: AnyFunction) -> AnyFunction:
    """Add -v, -q and --debug, which may stand before or after the command's name."""
    for option in (
        click.option(
            "--debug", is_flag=True, expose_value=False, callback=_set_debug,
            help="Show a traceback when something fails.",
        ),
        click.option(
            "-q", "--quiet", is_flag=True, expose_value=False, callback=_set_verbosity,
            help="No progress and no summary.",
        ),
        click.option(
            "-v", "--verbose", is_flag=True, expose_value=False, callback=_set_verbosity,
            help="Say more on standard error.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def say(text: str) -> None:
    """A result for the user, on standard output; nothing with -q."""
    if session().verbosity >= 0:
        click.echo(printable(text))


def is_verbose() -> bool:
    """Whether -v was given."""
    return session().verbosity > 0


def detail(text: str) -> None:
    """What some users may want to know, on standard error; for `is_verbose`."""
    click.echo(f"acncodec: {printable(text)}", err=True)


def warn(text: str) -> None:
    """Something the user should know, on standard error."""
    click.echo(f"acncodec: warning: {printable(text)}", err=True)


def notice(text: str) -> None:
    """What was done otherwise than might be thought, on standard error; nothing with -q."""
    if session().verbosity >= 0:
        click.echo(f"acncodec: {printable(text)}", err=True)


def fail(text: str) -> None:
    """An error message on standard error."""
    click.echo(f"acncodec: {printable(text)}", err=True)


def printable(text: str, *, lines: bool = True) -> str:
    """`text` with what is neither printable nor (with `lines`) a line break escaped: names and
    messages come from files, and a terminal obeys control characters."""
    kept = "\n" if lines else ""
    return "".join(
        char if char.isprintable() or char in kept else ascii(char)[1:-1] for char in text
    )


def write_json(value: Any) -> None:
    """One JSON object on one line of standard output; numbers that are not finite are null."""
    click.echo(json.dumps(_finite(value), allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return value


def check_target(target: Path, force: bool, *sources: Path | None) -> None:
    """Refuse before any work what `atomic_output` would refuse after it.

    Raises `OutputError` if `target` is one of `sources` (by whatever name), exists (without
    `force`), or is standard output.
    """
    if str(target) == "-":
        raise OutputError("-: binary output is not written to standard output; name a file")
    try:
        if target.is_dir():
            raise OutputError(f"{target}: is a folder")
        if target.exists() and not target.is_file():
            raise OutputError(f"{target}: is not a regular file")
        for source in sources:
            there = source is not None and source.exists() and target.exists()
            if source is not None and there and target.samefile(source):
                raise OutputError(f"{target}: is the input; name another output")
        if target.exists() and not force:
            raise OutputError(f"{target}: exists; use -f to overwrite it")
        if not target.resolve().parent.is_dir():
            raise OutputError(f"{target}: the folder {target.parent} does not exist")
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a NUL in the name
        raise OutputError(f"{target}: cannot be written: {error}") from error


def on_terminal() -> bool:
    """Whether standard error is a terminal, where bars may be drawn."""
    return sys.stderr.isatty()
