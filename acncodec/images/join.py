"""Finds the splits among named arrays, by their names, and makes one set of them.

`x_train`, `y_train`, `x_test`, `y_test`; `train_images`, `val_images`; `dataset/train/images`: a
part of each name says which split, and the rest what it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.images.splits import Joined, Part, Splits

SPLIT_NAMES: Final = frozenset(
    ("train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval", "extra")
)
LABEL: Final = "split"
"""What the label of splits is called, unless there is such an array."""
WHOLE: Final = "x"
"""What joined arrays are called whose names say the split and nothing else."""

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class JoinedArrays:
    """Arrays of splits, joined.

    Attributes:
        arrays: by name; what belongs together is one array, and a label says the split of a row.
        splits: how the set is taken apart, by the name of each array that may be its images.
        names: of the splits, in their order.
    """

    arrays: dict[str, Array]
    splits: Mapping[str, Splits]
    names: tuple[str, ...]


def split_of(name: str) -> tuple[str, str] | None:
    """The split that a name says, and the rest of it; None if it says none, or two."""
    parts = re.split(r"([_/.\- ]+)", name)
    found = [at for at, part in enumerate(parts) if part.lower() in SPLIT_NAMES]
    if len(found) != 1:
        return None
    at = found[0]
    split = parts[at]
    # With it goes the separator before it, or the one after what comes first.
    del parts[max(0, at - 1) : at + 1 if at else 2]
    return split, "".join(parts)


def join_splits(
    arrays: Mapping[str, Array],
    images: Collection[str],
    apart: Collection[str] = (),
    said: Mapping[str, tuple[str, str]] | None = None,
) -> JoinedArrays | None:
    """Join the arrays of splits, or None where there are no two with images.

    Args:
        arrays: by name.
        images: which of them look like images.
        apart: names of arrays that are no part of a split.
        said: the split that an array is of, and what it is; by default what `split_of` says.
    """
    table: dict[str, dict[str, str]] = {}  # rest, split: name
    for name in arrays:
        found = split_of(name) if said is None else said.get(name)
        if found is not None and name not in apart:
            table.setdefault(found[1], {}).setdefault(found[0], name)
    groups = {
        rest: names
        for rest, names in table.items()
        if len(names) > 1 and all(name in images for name in names.values())
        and _are_alike([arrays[name] for name in names.values()])
    }  # fmt: skip
    if not groups:
        return None
    first = next(iter(groups.values()))
    counts = {split: len(arrays[name]) for split, name in first.items()}
    groups = {
        rest: names
        for rest, names in groups.items()
        if {split: len(arrays[name]) for split, name in names.items()} == counts
    }
    return _join(arrays, table, groups, counts)


def _are_alike(arrays: list[Array]) -> bool:
    """Whether arrays can be joined: their types and the shapes of their rows are the same."""
    return all(
        one.ndim and (one.dtype, one.shape[1:]) == (arrays[0].dtype, arrays[0].shape[1:])
        for one in arrays
    )


def _join(
    arrays: Mapping[str, Array], table: Mapping[str, Mapping[str, str]],
    groups: Mapping[str, Mapping[str, str]], counts: Mapping[str, int],
) -> JoinedArrays:  # fmt: skip
    places = {name: at for at, name in enumerate(arrays)}
    chosen = list(_belonging(arrays, table, counts))
    used = {name for _, names in chosen for name in names.values()}
    plain = {name: array for name, array in arrays.items() if name not in used}
    joined: dict[str, Array] = {}
    sources: dict[str, tuple[Part | None, ...]] = {}
    images = []
    for rest, names in chosen:
        title = _free(rest or WHOLE, {*plain, *joined})
        joined[title] = _rows_of_all(arrays, names, counts)
        sources[title] = tuple(
            (names[split], places[names[split]]) if split in names else None for split in counts
        )
        if names in groups.values():
            images.append(title)
    label = _free(LABEL, {*plain, *joined})
    marks = np.repeat(np.arange(len(counts), dtype=np.uint8), list(counts.values()))
    together = {**joined, **plain, label: marks}
    splits = {}
    for title in images:
        side = [name for name in together if name != title]
        others = (Joined(side.index(one), sources[one]) for one in joined if one != title)
        splits[title] = Splits(side.index(label), (Joined(-1, sources[title]), *others))
    return JoinedArrays(together, splits, tuple(counts))


def _belonging(
    arrays: Mapping[str, Array], table: Mapping[str, Mapping[str, str]], counts: Mapping[str, int]
) -> Iterator[tuple[str, dict[str, str]]]:
    """What is joined: a name, and by split the arrays whose rows belong to its images."""
    for rest, names in table.items():
        fitting = {
            split: name
            for split, name in names.items()
            if split in counts and arrays[name].shape[:1] == (counts[split],)
        }
        if fitting and _are_alike([arrays[name] for name in fitting.values()]):
            yield rest, fitting
        else:
            for split, name in fitting.items():
                yield name, {split: name}


def _free(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _rows_of_all(
    arrays: Mapping[str, Array], names: Mapping[str, str], counts: Mapping[str, int]
) -> Array:
    """The rows of all splits, one after the other; zeros for a split without such an array."""
    like = arrays[next(iter(names.values()))]
    whole = np.zeros((sum(counts.values()), *like.shape[1:]), like.dtype)
    start = 0
    for split, count in counts.items():
        if split in names and like.dtype.itemsize:
            opaque = f"V{like.dtype.itemsize}"  # NumPy copies structures field by field
            rows = np.ascontiguousarray(arrays[names[split]]).view(opaque)
            whole[start : start + count].view(opaque)[...] = rows
        start += count
    return whole
