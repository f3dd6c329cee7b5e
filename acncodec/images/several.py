"""Several files and folders as one set: each is a split of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.dataset import DataSet
from acncodec.images.join import split_of

Arrays = dict[str, NDArray[Any]]
ALONE = "x"
"""What an array without a name of its own is called."""


def titles_of(paths: Sequence[Path]) -> list[str]:
    """A name for each path, all different: that of the file without its endings, then a number."""
    titles: list[str] = []
    for path in paths:
        stem = path.name.split(".")[0] or path.name or "data"
        title, at = stem, 1
        while title in titles:
            at += 1
            title = f"{stem}_{at}"
        titles.append(title)
    return titles


def gather(sets: Sequence[tuple[str, Arrays]]) -> tuple[Arrays, dict[str, tuple[str, str]]]:
    """All arrays by title and name, and of each its split and what it is.

    An array `x` without others is called by its title alone. Splits within a source are splits of
    the whole.
    """
    gathered: Arrays = {}
    said = {}
    for title, arrays in sets:
        for name, array in arrays.items():
            key = title if name == ALONE and len(arrays) == 1 else f"{title}/{name}"
            if key in gathered:
                raise DataError(f"two arrays would be called {key!r}; rename one of the files")
            gathered[key] = array
            found = split_of(name)
            said[key] = (title, name) if found is None else (f"{title}/{found[0]}", found[1])
    return gathered, said


def check_all_there(data: DataSet, titles: Sequence[str]) -> None:
    """Raise `DataError` unless images of each source are among those of the set."""
    splits = data.spec.form.splits
    names = () if splits is None else splits.names
    for title in titles:
        if not any(name == title or name.startswith(f"{title}/") for name in names):
            raise DataError(
                f"the images of {title!r} do not go with the others: as one set all have one name,"
                " type and size (--images says which arrays are meant); else compress them one by"
                " one"
            )
