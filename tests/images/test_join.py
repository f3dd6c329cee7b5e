from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.join import join_splits, split_of
from acncodec.images.recognised import recognise

RNG = np.random.default_rng(0)
TRAIN = RNG.integers(0, 2, (6, 4, 5), dtype=np.uint8)
TEST = RNG.integers(0, 2, (3, 4, 5), dtype=np.uint8)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("x_train", ("train", "x")),
        ("X_Train", ("Train", "X")),
        ("train_images", ("train", "images")),
        ("train", ("train", "")),
        ("dataset/test/images", ("test", "dataset/images")),
        ("x-val", ("val", "x")),
        ("x", None),
        ("trained", None),
        ("train_test", None),
    ],
)
def test_a_name_says_a_split(name: str, wanted: tuple[str, str] | None) -> None:
    assert split_of(name) == wanted


def check(arrays: dict[str, Any], name: str, splits: tuple[str, ...]) -> None:
    """The set has this name and these splits, and gives all arrays back, byte for byte."""
    data = recognise(arrays, join=True)
    assert data.spec.name == name
    assert data.spec.form.splits is not None and data.spec.form.splits.names == splits
    back = data.arrays()
    assert list(back) == list(arrays)
    for key, array in arrays.items():
        assert (back[key].dtype, back[key].shape) == (array.dtype, array.shape)
        assert back[key].tobytes() == array.tobytes()


def test_images_and_what_goes_with_them_come_back_as_they_were() -> None:
    structure = np.dtype([("a", "u1"), ("b", "<i4")], align=True)
    check(
        {
            "note": np.array("kept"),
            "x_train": TRAIN,
            "y_train": np.arange(6),
            "x_test": TEST,
            "y_test": np.arange(3),
            "weight_train": np.arange(6.0),
            "weight_test": np.arange(3, dtype=np.float32),
            "ids_test": np.array(["a", "bc", "d"]),
            "empty_test": np.zeros((3, 0)),
            "void_train": np.frombuffer(RNG.bytes(6 * structure.itemsize), structure),
            "text_train": np.zeros(6, "U0"),
            "classes": np.arange(9),
            "mean_test": np.zeros(2),
        },
        "x",
        ("x_train", "x_test"),
    )


@pytest.mark.parametrize(
    ("names", "joined"),
    [
        (("train_images", "val_images", "test_images"), "images"),
        (("train", "test"), "x"),
        (("data/train/x", "data/test/x"), "data/x"),
    ],
)
def test_names_of_several_habits(names: tuple[str, ...], joined: str) -> None:
    arrays = {name: TRAIN[: 4 - at] for at, name in enumerate(names)}
    check(arrays, joined, names)


def test_flat_and_float_splits() -> None:
    train, test = (images[:, :4, :4].reshape(-1, 16) / 255 for images in (TRAIN, TEST))
    check({"x_train": train, "x_test": test}, "x", ("x_train", "x_test"))


def test_names_that_are_taken_are_left_alone() -> None:
    arrays = {"x": np.arange(3), "split": np.arange(2), "x_train": TRAIN, "x_test": TEST}
    check({**arrays, "train_x": TRAIN}, "x_", ("x_train", "x_test"))


def test_masks_are_joined_beside_images() -> None:
    arrays = {"x_train": TRAIN, "mask_train": TRAIN, "x_test": TEST, "mask_test": TEST}
    data = recognise(arrays, join=True)
    assert data.spec.name == "x" and "'mask' looks like images too" in data.warnings[0]
    assert [(entry.name, len(entry.array)) for entry in data.side] == [("mask", 9), ("split", 9)]
    check(arrays, "x", ("x_train", "x_test"))
    data = recognise(arrays, images="mask", join=True)
    assert data.spec.form.splits is not None
    assert data.spec.form.splits.names == ("mask_train", "mask_test")
    assert list(data.arrays()) == list(arrays)


def test_a_named_array_is_taken_alone() -> None:
    data = recognise({"x_train": TRAIN, "x_test": TEST}, images="x_test", join=True)
    assert data.count == 3 and data.spec.form.splits is None


def test_nothing_is_joined_unless_asked_for() -> None:
    assert recognise({"x_train": TRAIN, "x_test": TEST}).count == 6


@pytest.mark.parametrize(
    "arrays",
    [
        {"x_train": TRAIN, "x_test": TEST[:, :3]},
        {"x_train": TRAIN, "x_test": TEST.astype(bool)},
        {"x_train": TRAIN, "y_test": TEST},
        {"x_train": TRAIN},
        {"x": TRAIN, "z": TEST},
    ],
)
def test_what_does_not_go_together_is_not_joined(arrays: dict[str, Any]) -> None:
    assert join_splits(arrays, list(arrays)) is None


def test_alignment_may_be_overridden_by_the_given_names() -> None:
    arrays = {"x_train": TRAIN, "x_test": TEST, "y_train": np.arange(6), "y_test": np.arange(3)}
    data = recognise(arrays, join=True, aligned=["y_train"])
    assert [entry.name for entry in data.side] == ["y", "split"]
    data = recognise(arrays, join=True, not_aligned=["y_train", "y_test"])
    assert [(entry.name, entry.aligned) for entry in data.side] == [
        ("y_train", False), ("y_test", False), ("split", True),
    ]  # fmt: skip
    assert list(data.arrays()) == list(arrays)
    with pytest.raises(DataError, match="not aligned"):
        recognise(arrays, join=True, not_aligned=["y"])
