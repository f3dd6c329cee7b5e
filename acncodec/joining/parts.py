"""Archives that are to be joined: read as far as that needs, compared, and put in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from acncodec.codec.compress_mixed import possible_classes
from acncodec.codec.side import side_of
from acncodec.container import AnyHeader, ArchiveFile, MixedHeader, SectionInfo
from acncodec.errors import JoinError
from acncodec.images import SideArray
from acncodec.images.formats.npy import raw_view
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed import MixedSpec
from acncodec.joining.part import Part, part_among
from acncodec.remote.address import Address

SHOWN = 8
"""So many missing parts are named."""


@dataclass(frozen=True, eq=False)
class PartFile:
    """An archive that is a part.

    path: where it lies; name: what the user called it; sections: its table; side: its arrays but
    the one that says which part it is.
    """

    path: Path
    name: Path | Address
    header: AnyHeader
    sections: tuple[SectionInfo, ...]
    part: Part
    side: tuple[SideArray, ...]


def read_part(path: Path, name: Path | Address) -> PartFile:
    """Read the header, the table of sections and the side data of a part, and no image.

    Raises:
        JoinError: it is an archive, but no part.
        FormatError: unreadable, no archive, or malformed.
        CorruptionError: a checksum of what is read does not match.
    """
    with ArchiveFile(path) as file:
        header = file.header
        # Labels that are coded given the images no part has.
        side = () if header.labels else side_of(file.read(()))
        part = part_among(side)
        if part is None:
            raise JoinError("it is no part of a set, as `compress --shard` makes them")
        return PartFile(path, name, header, file.sections, part, side[:-1])


def in_order(parts: Sequence[PartFile]) -> list[PartFile]:
    """All parts of a set in their order, whichever they were given in; at least one.

    Raises `JoinError` unless they are of one set, compressed alike, each there once. It begins with
    the name of the part that does not go with the first.
    """
    first, *others = parts
    for other in others:
        for problem in _differences(first, other):
            raise JoinError(f"{other.name}: {problem}")
    by_number: dict[int, PartFile] = {}
    for one in parts:
        same = by_number.setdefault(one.part.number, one)
        if same is not one:
            raise JoinError(f"{one.name}: is {one.part.name}, and so is {same.name}")
    of = first.part.of
    missing = [number for number in range(1, of + 1) if number not in by_number]
    if missing:
        raise JoinError(f"{first.name}: of its {of} parts, {_listed(missing)}")
    ordered, at = [by_number[number] for number in range(1, of + 1)], 0
    for one in ordered:
        if one.part.first != at:
            raise JoinError(
                f"{one.name}: begins with image {one.part.first} of the set, and the parts before"
                f" it end at {at}"
            )
        at += one.header.count
    if at != first.part.images:
        raise JoinError(f"{first.name}: its parts have {at} images, not {first.part.images}")
    return ordered


def _listed(missing: Sequence[int]) -> str:
    """`2 and 4 are missing`."""
    shown = [str(number) for number in missing[:SHOWN]]
    if len(missing) > SHOWN:
        shown.append(f"{len(missing) - SHOWN} more")
    *most, last = shown
    return f"{', '.join(most)} and {last} are missing" if most else f"{last} is missing"


def _differences(first: PartFile, other: PartFile) -> Iterator[str]:
    """In which way a part does not go with the first."""
    one, two = first.header, other.header
    if one.order != two.order:
        yield f"is in the order {two.order}, {first.name} in {one.order}"
    if one.coder != two.coder:
        yield f"is coded by {two.coder}, {first.name} by {one.coder}"
    if _kinds(one) != _kinds(two):
        yield f"has images of another kind or name than {first.name}"
    due, used = _models(one), _models(two)
    if len(due) == len(used) == 1 and due.keys() != used.keys():
        name, other_name = "".join(used.values()), "".join(due.values())
        yield f"is of the model {name}, {first.name} of {other_name}"
    yield from _side_differences(first, other)
    mine, theirs = first.part, other.part
    if mine.of != theirs.of:
        yield f"is {theirs.name}, {first.name} {mine.name}"
    if (mine.whole, mine.images) != (theirs.whole, theirs.images):
        yield f"is part of another set than {first.name}, or the set has changed"
    for name in sorted({*mine.options, *theirs.options}):
        ours, has = mine.options.get(name, "none"), theirs.options.get(name, "none")
        if ours != has:
            yield f"was compressed with --{name} {has}, {first.name} with {ours}"


def _kinds(header: AnyHeader) -> tuple[MixedSpec, tuple[ImageClass, ...]]:
    """What images there may be, and how they are given back."""
    if isinstance(header, MixedHeader):
        return header.spec, header.classes
    one = ImageClass.of(header.shape, header.spec.values)
    return MixedSpec.like(header.spec), tuple(sorted(possible_classes([one])))


def _models(header: AnyHeader) -> dict[bytes, str]:
    """By its id the model of a set of one shape, as messages have it; none of a mixed set, whose
    parts need not have the same."""
    if isinstance(header, MixedHeader):
        return {}
    return {header.model_id: f"{header.model_name} ({header.model_id.hex()[:16]})"}


def _side_differences(first: PartFile, other: PartFile) -> Iterator[str]:
    """In which way the arrays beside the images do not go with those of the first."""
    mine, theirs = ([entry.name for entry in part.side] for part in (first, other))
    if mine != theirs:
        yield f"has the arrays {_names(theirs)} beside the images, {first.name} {_names(mine)}"
        return
    for ours, entry in zip(first.side, other.side, strict=True):
        kinds = [
            (side.aligned, side.array.dtype, side.array.shape[side.aligned :])
            for side in (ours, entry)
        ]
        if kinds[0] != kinds[1]:
            yield f"its array {entry.name!r} is of another type or shape than that of {first.name}"
        elif not entry.aligned and (
            raw_view(ours.array).tobytes() != raw_view(entry.array).tobytes()
        ):
            yield f"its array {entry.name!r} is not that of {first.name}"


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names)) or "none"
