"""A list of images among named arrays, as `save_npz` writes one: `x/00`, `x/01`, ..."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from acncodec.errors import DataError
from acncodec.images.from_arrays import mixed_from_arrays
from acncodec.images.image_arrays import looks_like_images
from acncodec.images.mixed import SEVERAL_DTYPES, MixedData
from acncodec.images.side_arrays import further_images, other_arrays
from acncodec.images.spec import MAX_CHANNELS

_MEMBER: Final = re.compile(r"(.*)/([0-9]+)", re.ASCII | re.DOTALL)

Arrays = Mapping[str, NDArray[Any]]


def list_of_images(
    arrays: Arrays,
    *,
    images: str | None = None,
    layout: str | None = None,
    aligned: Sequence[str] = (),
    not_aligned: Sequence[str] = (),
) -> MixedData | None:
    """The set of a list of images of several shapes, or None where there is no such list, or
    another array that looks like images while no `images` says which is meant.

    Args:
        arrays: by name; those of a list stand side by side, numbered from 0 with as many digits.
        images: the name of the list, without numbers.
        layout: `nhw`, `nhwc` or `nchw`; by default told from the shapes.
        aligned, not_aligned: names of other arrays that follow the images, or do not, though by
            their length it would be otherwise.

    Raises:
        DataError: there are several lists, its layout is ambiguous, its images are no set, or an
            array that is named is not there or cannot follow them.
    """
    if images in arrays:
        return None
    lists = {
        name: members
        for name, members in _lists(arrays).items()
        if images in (None, name) and _are_images([arrays[member] for member in members])
    }
    if not lists:
        return None
    if len(lists) > 1:
        named = ", ".join(f"{name!r} ({len(members)})" for name, members in lists.items())
        raise DataError(f"several lists of images: {named}; name one with --images NAME")
    ((name, members),) = lists.items()
    found = [arrays[member] for member in members]
    apart = set(members)
    others = [other for other in arrays if other not in apart]
    unsure = images is None and any(looks_like_images(arrays[other]) for other in others)
    if unsure or name in arrays:
        return None
    position = list(arrays).index(members[0])
    stand_in = np.broadcast_to(np.uint8(0), (len(found),))
    side = other_arrays(
        {name: stand_in, **{other: arrays[other] for other in others}}, name, aligned, not_aligned
    )
    return mixed_from_arrays(
        found, name=name, layout=layout or _layout(name, found), side=side, position=position,
        warnings=further_images(name, side),
    )  # fmt: skip


def _lists(arrays: Arrays) -> dict[str, list[str]]:
    """Names that differ in a number alone, which counts from 0 as they stand side by side."""
    runs: list[tuple[str, list[str]]] = []
    for name in arrays:
        match = _MEMBER.fullmatch(name)
        title = match[1] if match else None
        if title is not None and runs and runs[-1][0] == title:
            runs[-1][1].append(name)
        elif title is not None:
            runs.append((title, [name]))
        else:
            runs.append(("", []))
    found = {}
    for title, names in runs:
        digits = len(str(len(names) - 1))
        if names and names == [f"{title}/{at:0{digits}}" for at in range(len(names))]:
            found[title] = names
    return found


def _are_images(found: Sequence[NDArray[Any]]) -> bool:
    """Whether arrays are of one type that images of several shapes have, and differ in shape; a
    list of one shape would come back as one array."""
    shapes = {array.shape for array in found}
    typed = {array.dtype for array in found} in [{np.dtype(name)} for name in SEVERAL_DTYPES]
    return typed and len(shapes) > 1 and bool(_layouts(found))


def _layouts(found: Sequence[NDArray[Any]]) -> list[str]:
    """The layouts that all shapes admit."""
    shapes = [array.shape for array in found]
    if any(0 in shape or len(shape) not in (2, 3) for shape in shapes):
        return []
    flat = any(len(shape) == 2 for shape in shapes)
    last = all(len(shape) == 2 or shape[2] <= MAX_CHANNELS for shape in shapes)
    first = all(len(shape) == 3 and shape[0] <= MAX_CHANNELS for shape in shapes)
    if flat:
        return ["nhw"] if last else []
    return [name for name, fits in (("nhwc", last), ("nchw", first)) if fits]


def _layout(name: str, found: Sequence[NDArray[Any]]) -> str:
    layouts = _layouts(found)
    if len(layouts) > 1:
        raise DataError(
            f"the images {name!r} may be {' or '.join(layouts)}; say which with --layout"
        )
    return layouts[0]
