"""Output that is whole or not there: written beside the target, synced, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from acncodec.errors import OutputError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""Only writing fails with these, so they are the output's fault wherever they come up."""
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@contextmanager
def atomic_output(path: Path, force: bool) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path`, and rename it to `path` when the block ends well.

    The file is flushed and synced before the rename, its folder after. If the block raises, even
    KeyboardInterrupt, the temporary file is removed and `path` is as it was. A symbolic link is
    followed: what it points to is replaced. The new file's mode is that of any new file.

    Args:
        path: the target.
        force: replace a file that is there already.

    Yields:
        A binary file, writable, readable and seekable.

    Raises:
        OutputError: the target exists and `force` is false (looked at first, and once more at
            the rename), is no regular file, its folder is missing or not writable, or the disk
            is full.
    """
    target = _find_target(path, force)
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    file: BinaryIO | None = None
    try:
        file = _create(path, temporary)
        try:
            yield file
        except OSError as error:
            if error.errno in FULL:
                raise _failure(path, error) from error
            raise
        try:
            _sync(file)
            _publish(path, temporary, target, force)
        except OSError as error:
            raise _failure(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            if file is not None:
                file.close()
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def _failure(path: Path, error: Exception) -> OutputError:
    cause = error.strerror if isinstance(error, OSError) else None
    return OutputError(f"{path}: cannot be written: {cause or error}")


def _find_target(path: Path, force: bool) -> Path:
    """Follow symbolic links, and check that there may be a file."""
    try:
        target = path.resolve()
        if not target.parent.is_dir():
            raise OutputError(f"{path}: the folder {target.parent} does not exist")
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return target
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a NUL in the name
        raise _failure(path, error) from error
    if stat.S_ISDIR(mode):
        raise OutputError(f"{path}: is a folder")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{path}: is not a regular file")
    if not force:
        raise OutputError(f"{path}: exists; use -f to overwrite it")
    return target


def _create(path: Path, temporary: Path) -> BinaryIO:
    try:
        return temporary.open("x+b")
    except PermissionError as error:
        raise OutputError(f"{path}: the folder {temporary.parent} is not writable") from error
    except OSError as error:
        raise _failure(path, error) from error


def _sync(file: BinaryIO) -> None:
    """Bring everything to the disk, and close."""
    if not file.closed:
        file.flush()
        os.fsync(file.fileno())
        file.close()


def _publish(path: Path, temporary: Path, target: Path, force: bool) -> None:
    """Give the file its name; without `force`, never in place of another."""
    if force:
        temporary.replace(target)
        return
    try:
        target.hardlink_to(temporary)  # unlike a rename, fails where the name is taken
    except FileExistsError as error:
        raise OutputError(f"{path}: exists by now; use -f to overwrite it") from error
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise OutputError(f"{path}: exists by now; use -f to overwrite it") from error
        temporary.replace(target)


def sync_folder(folder: Path) -> None:
    """Bring the new name to the disk, where the file system lets us."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
