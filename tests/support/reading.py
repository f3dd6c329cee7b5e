"""Archives at a path, read in one call each."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from acncodec.codec import Contents, Loss, Reader, ShardPart, holds
from acncodec.container import NewFolder
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run


def opened(
    path: Path, model: Any, threads: Any = 2, batch: int = 256, device: str = "cpu"
) -> Reader:
    """A reader with one model, or several; threads: or all of a `Run`."""
    models = [model] if isinstance(model, FrozenModel) else model
    return Reader(
        path, models, threads if isinstance(threads, Run) else Run(threads, batch, device)
    )


def decoded(path: Path, model: Any, *speed: Any, **named: Any) -> Any:
    """All of an archive."""
    with opened(path, model, *speed, **named) as archive:
        return archive.read()


def part_of(
    path: Path, model: Any, start: int | None = None, stop: int | None = None, *speed: Any
) -> tuple[Any, tuple[ShardPart, ...]]:
    """Some images of an archive, and what was verified of its shards."""
    with opened(path, model, *speed) as archive:
        return archive.part(start, stop)


def verified(path: Path, model: Any, *speed: Any) -> Contents:
    """What an archive holds that was decoded and thrown away."""
    with opened(path, model, *speed) as archive:
        return archive.verify()


def npz_of(path: Path, model: Any, file: BinaryIO, *speed: Any) -> Contents:
    """All of an archive as an .npz."""
    with opened(path, model, *speed) as archive:
        return archive.write_npz(file)


def salvaged(path: Path, model: Any, *speed: Any, **named: Any) -> tuple[Any, Loss]:
    """What is whole of a damaged archive."""
    with opened(path, model, *speed, **named) as archive:
        return archive.salvage()


def folder_of(path: Path, model: Any, folder: NewFolder, *speed: Any) -> Contents:
    """All pictures of an archive, written to a folder."""
    with opened(path, model, *speed) as archive:
        return archive.write_folder(folder)


def holds_in(path: Path, data: Any, model: Any, *speed: Any) -> bool:
    """Whether an archive gives `data` back."""
    with opened(path, model, *speed) as archive:
        return holds(archive, data)


def carried_by(path: Path) -> tuple[FrozenModel, ...]:
    """The models that lie in an archive."""
    with Reader(path) as archive:
        return archive.carried()
