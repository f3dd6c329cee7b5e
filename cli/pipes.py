"""Standard input and other pipes: what comes out of one is kept in a temporary file, to be read
twice and in any order."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import IO

import click

from acncodec.errors import DataError, naming

STANDARD_INPUT = "-"
_KEPT = "acncodec.pipes"


def readable(path: Path) -> Path:
    """A path that can be read more than once: `path`, unless it is `-` or a pipe.

    What a pipe gives is read to its end, once, and lies in the system's folder of temporary files
    (TMPDIR) until the command ends.

    Raises:
        DataError: standard input is a terminal, or the pipe cannot be read or kept.
    """
    if str(path) != STANDARD_INPUT and not _is_pipe(path):
        return path
    context = click.get_current_context()
    kept: dict[str, Path] = context.meta.setdefault(_KEPT, {})
    if str(path) not in kept:
        folder = context.with_resource(tempfile.TemporaryDirectory(prefix="acncodec-"))
        target = Path(folder, "pipe")
        with naming(path):
            _keep(path, target)
        kept[str(path)] = target
    return kept[str(path)]


def _is_pipe(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # who reads it says what is wrong
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _keep(path: Path, target: Path) -> None:
    try:
        with target.open("xb") as file:
            if str(path) != STANDARD_INPUT:
                with path.open("rb") as source:
                    shutil.copyfileobj(source, file)
                return
            standard = _standard_input()
            if os.isatty(standard.fileno()):
                raise DataError("standard input is a terminal; send data through a pipe, or with <")
            shutil.copyfileobj(standard, file)
    except OSError as error:
        raise DataError(f"cannot be read or kept: {error.strerror or error}") from error


def _standard_input() -> IO[bytes]:
    if sys.stdin is None:
        raise DataError("there is no standard input")
    return sys.stdin.buffer
