"""What a command reads or writes: a path, or an address such as s3://bucket/name."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import click

from acncodec.errors import DataError, OutputError
from acncodec.remote.address import Address, is_address

from .session import check_target

Place: TypeAlias = Path | Address


class FileType(click.Path):
    """A path; an address is refused, of which nothing would be left but a path."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A `Path`."""
        if isinstance(value, str) and is_address(value):
            self.fail(f"{value!r} is an address; here only a path is taken", param, ctx)
        return super().convert(value, param, ctx)


class PlaceType(click.Path):
    """A path or an address."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """A `Place`. Fails for an address of a kind that is not taken."""
        if isinstance(value, str) and is_address(value):
            try:
                return Address(value)
            except DataError as error:
                self.fail(str(error), param, ctx)
        return value if isinstance(value, Address) else super().convert(value, param, ctx)


FILE = FileType()
PLACE = PlaceType()


def paths_among(*places: Place | None) -> list[Path]:
    """Those that are paths."""
    return [place for place in places if isinstance(place, Path)]


def check_place(target: Place, force: bool, *sources: Place | None) -> None:
    """Refuse before any work what `atomic_place` would refuse after it.

    Raises `OutputError` as `check_target` does.
    """
    if isinstance(target, Path):
        check_target(target, force, *paths_among(*sources))
        return
    from acncodec.remote.output import check_object

    if target in sources:
        raise OutputError(f"{target}: is the input; name another output")
    check_object(target, force)


def atomic_place(target: Place, force: bool) -> AbstractContextManager[BinaryIO]:
    """A file, which has a name, that is there when the block ends well, and else is not.

    Raises `OutputError` where it cannot be written.
    """
    if isinstance(target, Path):
        from acncodec.container import atomic_output

        return atomic_output(target, force)
    from acncodec.remote.output import atomic_object

    return atomic_object(target, force)
