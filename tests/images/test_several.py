from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny import blobs

from acncodec.errors import DataError, SkippableError
from acncodec.images import load_several, load_together
from acncodec.images.classes import find_labels
from acncodec.images.several import gather, titles_of

IMAGES = blobs(12, 1)[:, 0]


def test_titles_differ() -> None:
    paths = [Path("d/a.tar.gz"), Path("e/a.npy"), Path("b"), Path(), Path(".hidden")]
    assert titles_of(paths) == ["a", "a_2", "b", "data", ".hidden"]


def test_splits_within_sources_are_splits_of_the_whole() -> None:
    gathered, said = gather([("a", {"x": IMAGES}), ("b", {"x_test": IMAGES, "y_test": IMAGES})])
    assert list(gathered) == ["a", "b/x_test", "b/y_test"]
    assert said == {"a": ("a", "x"), "b/x_test": ("b/test", "x"), "b/y_test": ("b/test", "y")}
    with pytest.raises(DataError, match="two arrays would be called 'a/b'"):
        gather([("a", {"b": IMAGES}), ("a/b", {"x": IMAGES})])


def check(folder: Path, files: dict[str, dict[str, Any]], names: list[str]) -> None:
    """The files are one set, and all arrays come back by these names."""
    paths = []
    for stem, arrays in files.items():
        if list(arrays) == ["x"]:
            np.save(folder / f"{stem}.npy", arrays["x"])
            paths.append(folder / f"{stem}.npy")
        else:
            np.savez(folder / f"{stem}.npz", **arrays)
            paths.append(folder / f"{stem}.npz")
    data = load_several(paths)
    back = data.arrays()
    assert list(back) == names and data.count == sum(
        len(array) for array in back.values() if array.ndim == 3
    )
    given = [array for arrays in files.values() for array in arrays.values()]
    for found, array in zip(back.values(), given, strict=True):
        assert found.dtype == array.dtype and np.array_equal(found, array)


def test_files_are_one_set_and_come_back_by_their_names(tmp_path: Path) -> None:
    check(tmp_path, {"a": {"x": IMAGES[:3]}, "b": {"x": IMAGES[3:]}}, ["a", "b"])
    parts = {
        "c": {"x": IMAGES[:3], "y": np.arange(3)}, "d": {"x": IMAGES[3:], "y": np.arange(9)},
    }  # fmt: skip
    check(tmp_path, parts, ["c/x", "c/y", "d/x", "d/y"])
    parts = {
        "train": {"x_train": IMAGES[:5], "n": np.array(1)},
        "test": {"x_test": IMAGES[5:], "y_test": np.arange(7)},
    }
    check(tmp_path, parts, ["train/x_train", "train/n", "test/x_test", "test/y_test"])


def test_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    for at, array in enumerate((IMAGES, IMAGES[:, :4], IMAGES.astype(bool))):
        np.save(tmp_path / f"{at}.npy", array)
    np.savez(tmp_path / "y.npz", x_train=IMAGES, x_test=IMAGES)
    for names in (["0.npy", "1.npy"], ["0.npy", "2.npy"]):
        with pytest.raises(DataError, match=r"no one set.*'0' .*compress them one by one"):
            load_several([tmp_path / name for name in names])
    with pytest.raises(DataError, match=r"no one set|'1' do not go with the others"):
        load_several([tmp_path / "y.npz", tmp_path / "1.npy"])
    (tmp_path / "z.npy").write_bytes(b"")
    with pytest.raises(DataError, match=r"z\.npy: the file is empty"):
        load_several([tmp_path / "0.npy", tmp_path / "z.npy"])


def test_what_cannot_be_read_is_left_out_where_it_is_named(tmp_path: Path) -> None:
    settings = np.array({"source": "scanner"}, dtype=object)
    np.savez(tmp_path / "a.npz", x=IMAGES[:5], y=np.arange(5), meta=settings)
    np.savez(tmp_path / "b.npz", x=IMAGES[5:], y=np.arange(7), note=np.array("n"))
    paths = [tmp_path / "a.npz", tmp_path / "b.npz"]
    with pytest.raises(DataError, match=r"a\.npz: .* to leave it out, say --skip a/meta$"):
        load_several(paths)
    back = load_several(paths, skip=["a/meta", "b/note"]).arrays()
    assert list(back) == ["a/x", "a/y", "b/x", "b/y"]
    for name in ("meta", "b/meta", "c/meta"):
        with pytest.raises(DataError, match=r"there is no such array|say --skip a/meta"):
            load_several(paths, skip=[name])


def test_the_error_is_the_same_in_another_process() -> None:
    error = pickle.loads(pickle.dumps(SkippableError.of("it is none", "a/b")))  # noqa: S301
    assert (str(error), error.text, error.name) == (
        "it is none; to leave it out, say --skip a/b", "it is none", "a/b",
    )  # fmt: skip


def test_more_files_than_there_can_be_splits_are_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="256 files; as one set there are 255 at most"):
        load_several([tmp_path / f"{at}.npy" for at in range(256)])


def test_images_of_several_files_together_keep_their_values_and_labels(tmp_path: Path) -> None:
    """Levels are those of all: the same value is the same level, whichever file it is of."""
    dark, light = np.array([[[0, 3], [3, 0]]] * 2, np.uint8), np.array([[[3, 9], [9, 3]]], np.uint8)
    np.savez(tmp_path / "dark.npz", x_train=dark, y_train=[4, 5], x_test=light, y_test=[6])
    np.savez(tmp_path / "light.npz", x=light, y=[7])
    paths = [tmp_path / "dark.npz", tmp_path / "light.npz"]
    found = load_together(paths)
    assert np.array_equal(found.pixels[:, 0], np.concatenate([dark, light])) and found.levels == 10
    assert np.array_equal(find_labels(found), [4, 5, 7])
    np.save(tmp_path / "alone.npy", light)
    assert load_together([*paths, tmp_path / "alone.npy"]).side == ()
    np.save(tmp_path / "wide.npy", light.astype(np.uint16))
    with pytest.raises(DataError, match=r"wide.npy: images of 2x2, uint16, do not go with"):
        load_together([*paths, tmp_path / "wide.npy"])
