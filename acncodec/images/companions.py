"""Files beside pictures, such as `0001.cls` and `0001.json` beside `0001.png`, as arrays."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError, SkippableError

NAMES: Final = "names"
MAX_BYTES: Final = 1 << 28
"""An array of texts of fixed width is made up to this size."""
_INTEGER = re.compile(rb"-?(0|[1-9][0-9]{0,17})")

Arrays = dict[str, NDArray[Any]]


def companion_arrays(
    arrays: Arrays, others: Mapping[str, bytes], skip: Collection[str] = ()
) -> tuple[Arrays, tuple[str, ...]]:
    """Arrays of pictures with those of the files beside them, and warnings.

    Of an ending that each picture has a file of, the array has that ending's name: int64 (N,)
    where all are numbers, else their bytes, text of fixed width. Other files are left out, with a
    warning.

    Args:
        arrays: with `names` (N,), the pictures' file names.
        others: content of the other files by name.
        skip: endings that are not wanted; an empty array stands for each.

    Raises:
        DataError: the files of an ending cannot be an array, or two arrays would have one name.
    """
    keys = [_parted(str(name))[0] for name in arrays[NAMES].tolist()]
    groups: dict[str, dict[str, bytes]] = {}
    for name, content in others.items():
        key, ending = _parted(name)
        groups.setdefault(ending, {})[key] = content
    found, left_out = dict(arrays), 0
    for ending, files in groups.items():
        if ending in skip:
            found[ending] = np.empty(0)
        elif not ending or set(files) != set(keys) or len(files) != len(keys):
            left_out += len(files)
        elif ending in arrays:
            raise DataError(f"files that end in .{ending} would be called like another array")
        else:
            found[ending] = _array(ending, [files[key] for key in keys])
    if not left_out:
        return found, ()
    return found, (f"{left_out} other members are no pictures and are left out",)


def name_beside(name: str) -> str:
    """What the names of a picture and of the files beside it have in common."""
    return _parted(name)[0]


def _parted(name: str) -> tuple[str, str]:
    """The name before the first dot of its last part, and what follows the dot."""
    folder, slash, last = name.rpartition("/")
    key, _, ending = last.partition(".")
    return folder + slash + key, ending


def _array(ending: str, contents: list[bytes]) -> NDArray[Any]:
    if all(_INTEGER.fullmatch(content) and content != b"-0" for content in contents):
        return np.array([int(content) for content in contents], np.int64)
    width = max(map(len, contents))
    if any(content.endswith(b"\0") for content in contents) or width * len(contents) > MAX_BYTES:
        raise SkippableError.of(
            f"what the files that end in .{ending} hold cannot be kept as an array: they end in a"
            " NUL, or are too long",
            ending,
        )
    return np.array(contents, f"S{max(1, width)}")
