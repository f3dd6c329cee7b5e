"""What `decompress` writes to, as its name says: a file of some form, at a path or an address, a
folder or a pipe."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import click

from acncodec.errors import OutputError
from acncodec.remote.address import Address, is_address

from .places import PLACE, Place, atomic_place, check_place

if TYPE_CHECKING:
    from acncodec.codec import Contents, Reader
    from acncodec.container import NewFolder
    from acncodec.images import DataSet, MixedData

STANDARD_OUTPUT = "-"
FOLDER = "folder"
FORMS = {".npz": "npz", ".npy": "npy", ".parquet": "parquet"}
"""What is written to a file whose name ends so."""
PIPED = ("npz", "npy")
"""What is written to standard output."""


@dataclass(frozen=True)
class Output:
    """Where to write, whether that is standard output, and in which form; none where the name says
    none."""

    path: Place
    form: str | None
    is_pipe: bool = False

    def as_said(self, form: str | None) -> Output:
        """The same with what `--to` says, of standard output alone. Raises `click.UsageError`."""
        if form is None and self.is_pipe:
            raise click.UsageError(f"what goes to - has a form: --to {' or --to '.join(PIPED)}")
        if form is not None and not self.is_pipe:
            raise click.UsageError(
                "--to goes with -, standard output; else the name of OUT decides"
            )
        return self if form is None else replace(self, form=form)

    def check(self, force: bool, *sources: Place | None) -> None:
        """Refuse before any work what could not be written. Raises `OutputError`."""
        from acncodec.container import check_folder_target

        if self.form is None:
            raise OutputError(
                f"{self.path}: its name says no form that is written: {', '.join(FORMS)}, or a"
                " folder, which ends in / or has no ending"
            )
        if self.is_pipe:
            _check_pipe()
        elif self.form == FOLDER:
            check_folder_target(self._folder)
        else:
            check_place(self.path, force, *sources)

    @contextmanager
    def opened(self, force: bool) -> Iterator[NewFolder | BinaryIO]:
        """A folder or a file that is there when the block ends well; of standard output a file that
        goes there then. Raises `OutputError`."""
        from acncodec.container import atomic_folder

        if self.form == FOLDER:
            with atomic_folder(self._folder) as folder:
                yield folder
        elif self.is_pipe:
            with tempfile.TemporaryFile(prefix="acncodec-") as whole:
                yield whole
                whole.seek(0)
                _send(whole)
        else:
            with atomic_place(self.path, force) as file:
                yield file

    @property
    def _folder(self) -> Path:
        """The path of a folder."""
        if isinstance(self.path, Address):
            raise OutputError(
                f"{self.path}: a folder is not written to an address; name a file:"
                f" {', '.join(FORMS)}"
            )
        return self.path

    def write_all(self, archive: Reader, out: NewFolder | BinaryIO) -> Contents:
        """Write all of an archive, as it is decoded, to what `opened` gave.

        Raises `OutputError`, `DataError` for what the form has no place for, and as what decodes.
        """
        from acncodec.codec.parquet_file import write_parquet
        from acncodec.codec.single_array import write_images
        from acncodec.container import NewFolder

        if isinstance(out, NewFolder):
            return archive.write_folder(out)
        if self.form == "npy":
            return write_images(archive, out)
        if self.form == "parquet":
            return write_parquet(archive, out)
        return archive.write_npz(out)

    def write(self, data: DataSet | MixedData, force: bool) -> None:
        """Write a data set that is in memory. Raises as `write_all` does."""
        from acncodec.codec import save_folder
        from acncodec.codec.parquet_file import save_parquet
        from acncodec.codec.single_array import save_images
        from acncodec.container import NewFolder
        from acncodec.images import save_npz

        with self.opened(force) as out:
            if isinstance(out, NewFolder):
                save_folder(out, data)
            elif self.form == "npy":
                save_images(out, data)
            elif self.form == "parquet":
                save_parquet(out, data)
            else:
                save_npz(out, data)


def is_standard_output(target: Place) -> bool:
    """Whether an archive goes to standard output."""
    return target == Path(STANDARD_OUTPUT)


def check_archive(target: Place, force: bool, *sources: Place | None) -> None:
    """Refuse before any work what `new_archive` would refuse after it, and a terminal. Raises
    `OutputError`."""
    if is_standard_output(target):
        _check_pipe()
    else:
        check_place(target, force, *sources)


@contextmanager
def new_archive(target: Place, force: bool) -> Iterator[BinaryIO]:
    """A file, which has a name, that is there when the block ends well, and else is not; of
    standard output one that goes there then. Raises `OutputError`."""
    if not is_standard_output(target):
        with atomic_place(target, force) as file:
            yield file
        return
    with (
        tempfile.TemporaryDirectory(prefix="acncodec-") as folder,
        Path(folder, "archive").open("xb+") as whole,
    ):
        yield whole
        whole.seek(0)
        _send(whole)


def _check_pipe() -> None:
    if _standard_output().isatty():
        raise OutputError("-: is a terminal; send the output through a pipe, or with >")


def _send(whole: IO[bytes]) -> None:
    """Copy a file to standard output, past its buffer: what is not taken there is not left in it.

    Raises `OutputError` where it is closed at the other end.
    """
    stream = _standard_output()
    try:
        stream.flush()
        shutil.copyfileobj(whole, _Unbuffered(getattr(stream, "raw", stream)))
    except OSError as error:
        raise OutputError(f"-: cannot be written: {error.strerror or error}") from error


def _standard_output() -> BinaryIO:
    if sys.stdout is None:
        raise OutputError("-: there is no standard output")
    return sys.stdout.buffer


class _Unbuffered:
    """Writes all of what it is given, however little is taken at once."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def write(self, data: bytes) -> int:
        """Write all of `data`."""
        left = memoryview(data)
        while left:
            left = left[self._raw.write(left) or 0 :]
        return len(data)


class OutputType(click.Path):
    """A name that ends in a slash or has no suffix, or that of a folder, is a folder's."""

    def __init__(self) -> None:
        super().__init__(path_type=str)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """An `Output`."""
        text = str(value)
        if is_address(text):
            address: Address = PLACE.convert(text, param, ctx)
            named = not text.endswith("/") and bool(address.suffix)
            return Output(address, FORMS.get(address.suffix.lower()) if named else FOLDER)
        path = Path(str(super().convert(value, param, ctx)))
        if text == STANDARD_OUTPUT:
            return Output(path, None, is_pipe=True)
        if text.endswith(os.sep) or not path.suffix or path.is_dir():
            return Output(path, FOLDER)
        return Output(path, FORMS.get(path.suffix.lower()))


OUTPUT = OutputType()
