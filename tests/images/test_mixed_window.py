from __future__ import annotations

from pathlib import Path

import mixed_sets
import numpy as np
import pytest

from acncodec.images import open_any
from acncodec.images.mixed_window import MixedWindow
from acncodec.images.stored_mixed import StoredMixed
from acncodec.images.window import fingerprint, window


def test_classes_are_those_of_the_whole() -> None:
    whole = mixed_sets.mixed_set()
    rows = range(5, 9)
    part = window(whole, rows)
    assert isinstance(part, MixedWindow) and part.classes == whole.classes
    assert part.count == 4 and np.array_equal(part.members, whole.members[5:9])
    assert len({*part.members.tolist()}) < len(part.classes)
    wanted = whole.arrays()[5:9]
    for chosen in (slice(None), np.array([3, 1])):
        found = part.spec.arrays(part.take(chosen))
        given = wanted if isinstance(chosen, slice) else [wanted[3], wanted[1]]
        assert all(map(np.array_equal, found, given))
    assert np.array_equal(part.side[0].array, whole.side[0].array[5:9])
    assert part.array_bytes == sum(image.nbytes for image in wanted)
    assert part.is_list and 0 < part.raw_bytes < whole.raw_bytes


def test_pictures_of_a_folder_are_read_where_they_lie(tmp_path: Path) -> None:
    library = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(0)
    for number in range(6):
        image = rng.integers(0, 250, (4 + number % 2, 5)).astype(np.uint8)
        library.fromarray(image).save(tmp_path / f"{number}.png")
    whole = open_any(tmp_path)
    assert isinstance(whole, StoredMixed)
    part = window(whole, range(2, 5))
    assert isinstance(part, MixedWindow)
    found, wanted = part.take(slice(None)), whole.take(slice(2, 5))
    assert found.keys() == wanted.keys()
    assert [one.array.tolist() for one in part.side if one.name == "names"] == [
        ["2.png", "3.png", "4.png"]
    ]
    assert fingerprint(whole) == fingerprint(open_any(tmp_path))
