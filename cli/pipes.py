"""Standard input, other pipes and addresses: what they give is kept in a temporary file, to be read
twice and in any order."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

import click

from acncodec.errors import DataError, naming
from acncodec.remote.address import Address

from .places import Place

STANDARD_INPUT = "-"
_KEPT = "acncodec.pipes"


def readable(path: Place) -> Path:
    """A path that can be read more than once: `path`, unless it is `-`, a pipe or an address.

    What a pipe gives is read to its end, once, and so is what an address leads to. It lies in the
    system's folder of temporary files (TMPDIR) until the command ends.

    Raises:
        DataError: standard input is a terminal, or the pipe or address cannot be read or kept.
        MissingExtraError: a library is not installed.
    """
    if isinstance(path, Path) and str(path) != STANDARD_INPUT and not _is_pipe(path):
        return path
    context = click.get_current_context()
    kept: dict[str, Path] = context.meta.setdefault(_KEPT, {})
    if str(path) not in kept:
        folder = context.with_resource(tempfile.TemporaryDirectory(prefix="acncodec-"))
        with naming(path):
            if isinstance(path, Address):
                from acncodec.remote.reading import fetch

                kept[str(path)] = fetch(path, Path(folder))
            else:
                kept[str(path)] = target = Path(folder, "pipe")
                _keep(path, target)
    return kept[str(path)]


@contextmanager
def archive_at(place: Place) -> Iterator[Path | BinaryIO]:
    """An archive to be read: where it can be, as `readable` says, or of one at an address a file of
    which no more is fetched than is read."""
    if not isinstance(place, Address):
        yield readable(place)
        return
    from acncodec.remote.reading import open_address

    with open_address(place) as file:
        yield file


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
