"""What `decompress` writes to: a file or a folder, as the name of it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .session import check_target

if TYPE_CHECKING:
    from acncodec.container import NewFolder
    from acncodec.images import DataSet, MixedData


class Output(NamedTuple):
    """Where to write, and whether that is a folder."""

    path: Path
    is_folder: bool

    def check(self, force: bool, *sources: Path | None) -> None:
        """Refuse before any work what could not be written. Raises `OutputError`."""
        from acncodec.container import check_folder_target

        if self.is_folder:
            check_folder_target(self.path)
        else:
            check_target(self.path, force, *sources)

    def write(self, data: DataSet | MixedData, force: bool) -> None:
        """Write a data set that is in memory. Raises `OutputError`, and `DataError` for one that
        does not suit a folder."""
        from acncodec.codec import save_folder
        from acncodec.container import atomic_output
        from acncodec.images import save_npz

        if self.is_folder:
            with self.folder() as folder:
                save_folder(folder, data)
            return
        with atomic_output(self.path, force) as file:
            save_npz(file, data)

    @contextmanager
    def folder(self) -> Iterator[NewFolder]:
        """A new folder, which is there when the block ends well."""
        from acncodec.container import atomic_folder

        with atomic_folder(self.path) as folder:
            yield folder


class OutputType(click.Path):
    """A name that ends in a slash or has no suffix, or that of a folder, is a folder's."""

    def __init__(self) -> None:
        super().__init__(path_type=str)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """An `Output`."""
        text = str(value)
        path = Path(str(super().convert(value, param, ctx)))
        is_folder = text.endswith(os.sep) or not path.suffix or path.is_dir()
        return Output(path, is_folder and text != "-")


OUTPUT = OutputType()
