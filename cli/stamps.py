"""What files look like from outside, by which it shows that they have changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from acncodec.remote.address import Address

from .places import Place

Stamps = dict[Path, tuple[int, int, int]]


def stamps(paths: Iterable[Place | None], output: Path) -> Stamps:
    """Number, size and time of change of each file, and of all within folders, but for those that
    `output` and what belongs to it may be. What is no file (a pipe, an address) has no stamp."""
    own, found = output.resolve(), Stamps()
    for path in paths:
        if path is None or isinstance(path, Address):
            continue
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            beside = file.name.startswith((own.name, ".")) and file.resolve().parent == own.parent
            if file.is_file() and not beside:
                status = file.stat()
                found[file] = status.st_ino, status.st_size, status.st_mtime_ns
    return found
