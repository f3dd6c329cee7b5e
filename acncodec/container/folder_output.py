"""A folder that is whole or not there: written beside its place without following links, then
renamed.

What is being written lies in a folder of a random name that none but its owner may enter, and is
opened part by part from there: no link that someone else puts on the way leads elsewhere.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from acncodec.container.output import FULL, sync_folder
from acncodec.errors import OutputError

_INNER = "folder"
_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class NewFolder:
    """A folder that is being written. Files are added, and nothing that is there is opened."""

    def __init__(self, root: int) -> None:
        self._root, self._name, self._open = root, "", root

    def add(self, name: str, content: bytes) -> None:
        """Write a new file `name`, in folders of this one: `a/b.png`.

        The name must be a plain one (see `images.plain_names`). Raises `OutputError` where it
        cannot be written.
        """
        folder, _, last = name.rpartition("/")
        try:
            if folder != self._name:
                self.close()
                self._open, self._name = self._enter(folder), folder
            descriptor = os.open(last, _FILE_FLAGS, 0o666, dir_fd=self._open)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except OSError as error:
            raise OutputError(f"{name!r} cannot be written: {error.strerror or error}") from error

    def close(self) -> None:
        """Let go of the folder that was last written to."""
        if self._open != self._root:
            os.close(self._open)
        self._open, self._name = self._root, ""

    def _enter(self, folder: str) -> int:
        """A descriptor of `folder`, made where it is not there."""
        here = os.dup(self._root)
        for part in folder.split("/") if folder else ():
            try:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=here)
                inner = os.open(part, _FOLDER_FLAGS, dir_fd=here)
            finally:
                os.close(here)
            here = inner
        return here


@contextmanager
def atomic_folder(path: Path) -> Iterator[NewFolder]:
    """Make a folder beside `path`, and rename it to `path` when the block ends well.

    If the block raises, even KeyboardInterrupt, the temporary folder is removed and `path` is as it
    was.

    Raises:
        OutputError: there is something at `path` that is no empty folder, a link among it, or the
            folder it is to lie in is missing or not writable, or the disk is full.
    """
    target = _find_target(path)
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with _output_errors(path):
            temporary.mkdir(0o700)
            (temporary / _INNER).mkdir()
            root = os.open(temporary / _INNER, _FOLDER_FLAGS)
        folder = NewFolder(root)
        try:
            yield folder
        except OSError as error:
            if error.errno in FULL:
                raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
            raise
        finally:
            folder.close()
            os.close(root)
        sync_folder(temporary / _INNER)
        with _output_errors(path):
            # Takes the place of an empty folder, and of nothing else.
            (temporary / _INNER).rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    sync_folder(target.parent)


def check_folder_target(path: Path) -> None:
    """Refuse before any work what `atomic_folder` would refuse. Raises `OutputError`."""
    _find_target(path)


def _find_target(path: Path) -> Path:
    """The place of the folder, if there may be one."""
    with _output_errors(path):
        # The last part may be a link, and is looked at as such; those before it are the user's.
        named = path.name not in ("", "..")
        target = path.parent.resolve() / path.name if named else path.resolve()
        if not target.parent.is_dir():
            raise OutputError(f"{path}: the folder {target.parent} does not exist")
        try:
            mode = target.lstat().st_mode
        except FileNotFoundError:
            return target
        if stat.S_ISLNK(mode):
            raise OutputError(f"{path}: is a link, which is not followed; name a new folder")
        if not stat.S_ISDIR(mode):
            raise OutputError(f"{path}: exists and is no folder; name a new folder")
        with os.scandir(target) as entries:
            if next(entries, None) is not None:
                raise OutputError(f"{path}: the folder is not empty; name a new one")
        return target


@contextmanager
def _output_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a NUL in the name
        cause = error.strerror if isinstance(error, OSError) else None
        if isinstance(error, OSError) and error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            cause = "something is there by now"
        raise OutputError(f"{path}: cannot be written: {cause or error}") from error
