"""The files of a folder and of the folders in it, in the order of their names.

Links are not followed: a folder that holds itself would have no end, and a link may lead anywhere.
Hidden entries are no one's pictures: a Mac leaves a `._a.png` beside each `a.png`.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from acncodec.errors import DataError

MAX_ENTRIES: Final = 1 << 18
"""More than some 260,000 entries are no folder to be read or written file by file."""


@dataclass(frozen=True)
class Tree:
    """What a folder holds.

    Attributes:
        files: names of regular files, with their folders (`a/b.png`), sorted folder by folder.
        links: names of links.
        others: hidden entries, and what is neither a file nor a folder.
    """

    files: tuple[str, ...]
    links: tuple[str, ...]
    others: tuple[str, ...]

    def without(self, skip: Collection[str]) -> tuple[Tree, frozenset[str]]:
        """The same without the entries that `skip` names, and those names of which there is one."""
        found: set[str] = set()
        left = (_left(names, skip, found) for names in (self.files, self.links, self.others))
        return Tree(*left), frozenset(found)


def skipped_by(entry: str, skip: Collection[str]) -> str | None:
    """Which of some names is that of an entry (`a/b.png`), or of a folder that it lies in."""
    return next((name for name in skip if f"{entry}/".startswith(f"{name.rstrip('/')}/")), None)


def _left(entries: Iterable[str], skip: Collection[str], found: set[str]) -> tuple[str, ...]:
    """Those entries that `skip` does not name; what names others is `found`."""
    left = []
    for entry in entries:
        if (name := skipped_by(entry, skip)) is None:
            left.append(entry)
        else:
            found.add(name)
    return tuple(left)


def walk(root: Path, max_entries: int = MAX_ENTRIES) -> Tree:
    """List a folder, to any depth; nothing is opened.

    Raises:
        DataError: a folder that cannot be read, or more than `max_entries` entries.
    """
    files: list[str] = []
    links: list[str] = []
    others: list[str] = []
    folders, left = [""], max_entries
    while folders:
        folder = folders.pop()
        lead = f"{folder}/" if folder else ""
        try:
            with os.scandir(root / folder) as found:
                for entry in islice(found, left + 1):
                    left -= 1
                    name = entry.name
                    if name[0] == ".":
                        others.append(lead + name)
                    elif entry.is_file(follow_symlinks=False):
                        files.append(lead + name)
                    elif entry.is_symlink():
                        links.append(lead + name)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.append(lead + name)
                    else:
                        others.append(lead + name)
        except OSError as error:
            where = f"{folder!r} in it" if folder else "the folder"
            raise DataError(f"{where} cannot be read: {error.strerror or error}") from error
        if left < 0:
            raise DataError(f"the folder holds more than {max_entries:,} entries; give it in parts")
    return Tree(_sorted(files), _sorted(links), _sorted(others))


def _sorted(names: list[str]) -> tuple[str, ...]:
    """Folder by folder: `a/b` stands before `a.b`, though its characters do not."""
    return tuple(sorted(names, key=lambda name: name.split("/")))
