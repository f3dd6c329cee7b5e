from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import mixed_sets
import numpy as np
import pytest
from sets import dataset, labels, packed
from shares import part_files, part_read
from tiny import blobs

from acncodec.errors import AcnError, FormatError, JoinError
from acncodec.images import SideArray
from acncodec.joining.parts import PartFile, in_order
from acncodec.models.frozen import FrozenModel

NOTE = SideArray("note", np.array("all"), aligned=False)


@pytest.fixture
def parts(tiny_model: FrozenModel, tmp_path: Path) -> list[PartFile]:
    data = dataset(blobs(20, 3), labels(20), NOTE)
    paths = part_files(tmp_path, data, [tiny_model], 3, ordering="iid")
    return [part_read(path) for path in paths]


def test_their_order_does_not_count(parts: list[PartFile]) -> None:
    one, two, three = parts
    for given in ([one, two, three], [three, one, two], [two, three, one]):
        assert in_order(given) == parts
    assert [part.header.count for part in parts] == [7, 7, 6]
    assert [entry.name for entry in one.side] == ["y", "note"]


def test_missing_parts_are_named(parts: list[PartFile]) -> None:
    with pytest.raises(JoinError, match=r"part-3-of-3.acn: of its 3 parts, 1 and 2 are missing$"):
        in_order(parts[2:])
    with pytest.raises(JoinError, match=r"of its 3 parts, 2 is missing$"):
        in_order([parts[0], parts[2]])
    many = [replace(parts[0], part=replace(parts[0].part, of=40))]
    with pytest.raises(JoinError, match=r"2, 3, 4, 5, 6, 7, 8, 9 and 31 more are missing$"):
        in_order(many)


def test_a_part_that_is_there_twice_is_named(parts: list[PartFile]) -> None:
    again = replace(parts[1], name=Path("again.acn"))
    with pytest.raises(JoinError, match=r"again.acn: is part 2 of 3, and so is .*part-2-of-3.acn$"):
        in_order([*parts, again])


def with_header(**fields: Any) -> Callable[[PartFile], PartFile]:
    return lambda one: replace(one, header=replace(one.header, **fields))


def with_part(**fields: Any) -> Callable[[PartFile], PartFile]:
    return lambda one: replace(one, part=replace(one.part, **fields))


def with_side(change: Callable[[SideArray, SideArray], list[SideArray]]) -> Any:
    return lambda one: replace(one, side=tuple(change(*one.side)))


def renamed(one: PartFile) -> PartFile:
    return replace(one, header=replace(one.header, spec=replace(one.header.spec, name="z")))


ODD: dict[str, tuple[str, Callable[[PartFile], PartFile]]] = {
    "order": ("is in the order any", with_header(order="any")),
    "coder": ("is coded by torchac", with_header(coder="torchac")),
    "model": (r"is of the model tiny-1 \(0000000000000000\)", with_header(model_id=bytes(32))),
    "name": ("images of another kind or name", renamed),
    "shape": ("images of another kind or name", with_header(shape=(1, 4, 16))),
    "arrays": ("has the arrays 'y' beside the images", with_side(lambda y, _: [y])),
    "no array": ("has the arrays none beside", with_side(lambda *_: [])),
    "type": (
        "its array 'y' is of another type",
        with_side(lambda y, n: [replace(y, array=y.array.astype(">i8")), n]),
    ),
    "alignment": (
        "its array 'y' is of another type", with_side(lambda y, n: [replace(y, aligned=False), n])
    ),
    "shape of rows": (
        "its array 'y' is of another type",
        with_side(lambda y, n: [replace(y, array=y.array[:, None]), n]),
    ),
    "entries": (
        "its array 'note' is not that of",
        with_side(lambda y, n: [y, replace(n, array=np.array("alL"))]),
    ),
    "number of parts": (r"is part 2 of 4, .* part 1 of 3", with_part(of=4)),
    "set": ("is part of another set", with_part(whole="00" * 32)),
    "size of the set": ("is part of another set", with_part(images=21)),
    "option": ("with --ordering tour, .* with iid", with_part(options={"ordering": "tour"})),
    "further option": (
        "with --shard-size 3, .* with none",
        lambda one: with_part(options={**one.part.options, "shard-size": 3})(one),
    ),
    "place": ("begins with image 8 of the set, .* end at 7", with_part(first=8)),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_a_part_that_does_not_go_with_the_others_is_named_with_the_cause(
    name: str, parts: list[PartFile]
) -> None:
    message, change = ODD[name]
    odd = change(parts[1])
    with pytest.raises(JoinError, match=message) as caught:
        in_order([parts[0], odd, parts[2]])
    assert str(caught.value).startswith(f"{odd.name}: ")


def test_parts_that_end_early_are_refused(parts: list[PartFile]) -> None:
    fewer = [replace(one, part=replace(one.part, images=25)) for one in parts]
    with pytest.raises(JoinError, match="its parts have 20 images, not 25"):
        in_order(fewer)


def test_mixed_parts_of_other_images(parts: list[PartFile], tmp_path: Path) -> None:
    (tmp_path / "mixed").mkdir()
    paths = part_files(tmp_path / "mixed", mixed_sets.mixed_set(), [], 2)
    one, two = map(part_read, paths)
    assert in_order([two, one]) == [one, two]
    other = replace(two, header=replace(two.header, spec=replace(two.header.spec, name="z")))
    for odd in (other, parts[1]):
        with pytest.raises(JoinError, match="images of another kind or name"):
            in_order([one, odd])


def test_other_archives_are_no_parts(tiny_model: FrozenModel, tmp_path: Path) -> None:
    path = tmp_path / "a.acn"
    for data in (dataset(blobs(9, 3)), dataset(blobs(9, 3), labels(9))):
        path.write_bytes(packed(data, tiny_model, ordering="iid"))
        with pytest.raises(JoinError, match="no part of a set"):
            part_read(path)
    path.write_bytes(b"junk")
    with pytest.raises(FormatError, match="wrong signature"):
        part_read(path)
    with pytest.raises(AcnError, match="cannot be read"):
        part_read(tmp_path / "none.acn")
