from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mixed_sets import mixed_set
from sets import dataset, labels
from tiny import blobs

from acncodec.errors import DataError
from acncodec.images import DataSet, SideArray, open_any
from acncodec.images.stored import StoredData
from acncodec.images.stored_mixed import OneClass
from acncodec.images.window import fingerprint, window

MORE = SideArray("more", np.array([7, 8, 9]), aligned=False)


def data() -> DataSet:
    return dataset(blobs(12, 3), labels(12), SideArray("note", np.array("all"), aligned=False))


def test_images_and_their_rows_with_other_arrays_whole() -> None:
    whole = data()
    part = window(whole, range(3, 8), [MORE])
    assert isinstance(part, DataSet) and part.spec == whole.spec and part.count == 5
    assert np.array_equal(part.pixels, whole.pixels[3:8])
    assert [one.name for one in part.side] == ["y", "note", "more"]
    assert np.array_equal(part.side[0].array, whole.side[0].array[3:8])
    assert part.side[1].array == "all"


def test_levels_are_those_of_the_whole_though_the_part_has_fewer(tmp_path: Path) -> None:
    images = np.zeros((6, 4, 4), np.uint8)
    images[5] = 200
    np.save(tmp_path / "a.npy", images)
    whole = open_any(tmp_path / "a.npy")
    part = window(whole, range(4))
    assert isinstance(whole, StoredData) and isinstance(part, StoredData)
    assert part.spec.values == (0, 200) and part.count == 4 and part.shape == (1, 4, 4)
    last = window(whole, range(3, 6))
    assert np.array_equal(last.take(slice(None)), whole.take(slice(3, 6)))
    assert np.array_equal(last.take(np.array([2, 0])), whole.take(np.array([5, 3])))


def test_a_stored_part_that_changed_is_an_error(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", blobs(6, 1)[:, 0])
    part = window(open_any(tmp_path / "a.npy"), range(2, 4))
    np.save(tmp_path / "a.npy", 1 - blobs(6, 1)[:, 0])
    with pytest.raises(DataError, match="changed since"):
        part.take(slice(None))


def test_a_name_that_is_taken_is_refused() -> None:
    with pytest.raises(DataError, match="the same name"):
        window(data(), range(2), [SideArray("y", np.zeros(1), aligned=False)])


def test_a_part_of_what_is_made_of_another_set_is_refused() -> None:
    with pytest.raises(DataError, match="is not taken"):
        window(OneClass(data()), range(2))
    with pytest.raises(DataError, match="is not taken"):
        fingerprint(OneClass(data()))


def test_sets_are_told_apart_by_images_and_arrays(tmp_path: Path) -> None:
    found = [fingerprint(data()), fingerprint(data())]
    assert found[0] == found[1] and len(found[0]) == 32
    found += [
        fingerprint(dataset(blobs(12, 4), *data().side)),
        fingerprint(dataset(blobs(12, 3), labels(12, 1), data().side[1])),
        fingerprint(mixed_set(7)), fingerprint(mixed_set(8)),
    ]  # fmt: skip
    for seed in (1, 2):
        np.save(tmp_path / "a.npy", blobs(6, seed)[:, 0])
        found.append(fingerprint(open_any(tmp_path / "a.npy")))
    assert len(set(found)) == len(found) - 1
