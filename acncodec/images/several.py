"""Several files and folders as one set: each is a split of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, SkippableError, naming
from acncodec.images.classes import find_labels, has_labels
from acncodec.images.dataset import DataSet
from acncodec.images.formats.array_files import leave_out
from acncodec.images.join import split_of
from acncodec.images.load import Choice, ReadOptions, load_arrays_of, load_dataset
from acncodec.images.pictures import ALONE
from acncodec.images.recognised import recognise
from acncodec.images.splits import MAX_SPLITS
from acncodec.run.memory import memory_errors

Arrays = dict[str, NDArray[Any]]


def load_several(paths: Sequence[Path], **options: Unpack[ReadOptions]) -> DataSet:
    """Load several files or folders as one set, each a split of it, which comes back as arrays of
    its own: `NAME/x`, or `NAME` where there is no other array, NAME being that of the file.

    Arguments and what it raises are those of `load_dataset`, `join` as if it was said; errors name
    the path.
    """
    choice = Choice(**options)
    if len(paths) > MAX_SPLITS:
        raise DataError(f"{len(paths)} files; as one set there are {MAX_SPLITS} at most")
    found: list[tuple[str, Arrays]] = []
    warnings: list[str] = []
    layouts = set()
    titles = titles_of(paths)
    for path, title in zip(paths, titles, strict=True):
        inside = [name.removeprefix(f"{title}/") for name in choice.skip if _is_of(name, title)]
        with naming(path):
            try:
                loaded = load_arrays_of(path, lossy=choice.lossy, skip=inside)
            except SkippableError as error:
                raise SkippableError.of(error.text, f"{title}/{error.name}") from error
        layouts.add(loaded.layout)
        found.append((title, loaded.arrays))
        warnings += [f"{path}: {note}" for note in loaded.warnings]
    gathered, said = gather(found)
    left = [name for name in choice.skip if not any(_is_of(name, title) for title in titles)]
    arrays = leave_out(gathered, left)
    with memory_errors():
        known = layouts.pop() if len(layouts) == 1 else None
        data = recognise(arrays, **choice.among(arrays, known), join=said)
    check_all_there(data, titles)
    return replace(data, warnings=(*warnings, *data.warnings))


def load_together(paths: Sequence[Path], **options: Unpack[ReadOptions]) -> DataSet:
    """The images of several files or folders, one after the other, with nothing beside them but
    their labels `y`, where all have some. Of each it is the images that `load_dataset` takes.

    Arguments and what it raises are those of `load_dataset`; also `DataError` for images of
    different types or sizes. Errors name the path.
    """
    sets: list[DataSet] = []
    arrays: list[NDArray[Any]] = []
    for path in paths:
        with naming(path):
            read = load_dataset(path, **options)
            array = read.spec.to_array(read.pixels)
            first, like = (sets or [read])[0], (arrays or [array])[0]
            if (array.dtype, array.shape[1:], read.spec.layout) != (
                like.dtype, like.shape[1:], first.spec.layout,
            ):  # fmt: skip
                raise DataError(
                    f"images of {'x'.join(map(str, array.shape[1:]))}, {array.dtype}, do not go"
                    f" with those of {paths[0]}: all have one type, size and layout"
                )
        sets.append(read)
        arrays.append(array)
    with memory_errors():
        joined: Arrays = {"x": np.concatenate(arrays)}
        if all(has_labels(one) for one in sets):
            joined["y"] = np.concatenate([find_labels(one) for one in sets])
        return recognise(joined, images="x", layout=sets[0].spec.layout)


def _is_of(name: str, title: str) -> bool:
    """Whether a name among all is that of an array which lies among others under a title."""
    return name.startswith(f"{title}/")


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
