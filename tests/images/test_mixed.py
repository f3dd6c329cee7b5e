"""Sets of images of several classes: made of a list, and given back as one."""

from __future__ import annotations

import io

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images import DataSet, MixedData, SideArray, mixed_from_arrays, save_npz
from acncodec.images.entries import Entries
from acncodec.images.form import Form
from acncodec.images.image_class import ImageClass
from acncodec.images.mixed import MixedSpec, as_mixed, as_uniform
from acncodec.images.mixed_images import joined
from acncodec.images.recognised import recognise
from acncodec.images.spec import ImageSpec


def images(seed: int = 1) -> list[np.ndarray]:
    """Grey, colour, binary and a blank one, of five shapes, some twice."""
    rng = np.random.default_rng(seed)
    shapes = [(6, 5), (3, 7, 3), (6, 5), (1, 1), (4, 4, 4), (2, 9, 2)]
    found = [rng.integers(0, 250, shape).astype(np.uint8) for shape in shapes]
    masks = [np.where(rng.random((8, 3)) < 0.5, 7, 200).astype(np.uint8) for _ in range(3)]
    return [*found, *masks, found[0].copy(), np.full((5, 2), 9, np.uint8)]


def same(ones: list[np.ndarray], others: list[np.ndarray]) -> bool:
    return len(ones) == len(others) and all(
        one.dtype == other.dtype and np.array_equal(one, other)
        for one, other in zip(ones, others, strict=True)
    )


def test_a_list_comes_back_as_it_was() -> None:
    given = images()
    data = mixed_from_arrays(given, name="pictures")
    assert data.is_list and data.count == len(given) and data.spec.layout == "nhw"
    assert same(data.arrays(), given)
    assert data.array_bytes == sum(image.nbytes for image in given)


@pytest.mark.parametrize("layout", ["nhwc", "nchw"])
def test_axes_come_back_as_they_were(layout: str) -> None:
    rng = np.random.default_rng(2)
    given = [rng.integers(0, 9, (2, 3, 4)).astype(np.uint16), np.ones((3, 1, 2), np.uint16)]
    data = mixed_from_arrays(given, layout=layout)
    wanted = (4, 2, 3) if layout == "nhwc" else (2, 3, 4)
    assert {one.shape for one in data.images.classes} >= {wanted}
    assert same(data.arrays(), given)


def test_two_values_are_two_levels_and_others_those_of_the_group() -> None:
    classes = mixed_from_arrays(images()).images.classes
    assert ImageClass(2, 1, 8, 3, (7, 200)) in classes
    assert ImageClass(2, 1, 5, 2, (0, 9)) in classes
    (grey,) = [one for one in classes if one.shape == (1, 6, 5)]
    assert grey.levels <= 250 and grey.values == ()
    assert list(classes) == sorted(classes) and len(set(classes)) == len(classes)


def test_groups_have_levels_of_their_own() -> None:
    dark, light = np.array([[0, 1, 2]], np.uint8), np.array([[0], [1], [255]], np.uint8)
    apart = mixed_from_arrays([dark, light], groups=["dark", "light"]).images.classes
    together = mixed_from_arrays([dark, light]).images.classes
    assert [one.levels for one in apart] == [3, 256]
    assert [one.levels for one in together] == [256, 256]


def test_some_of_the_images_are_those_images() -> None:
    data = mixed_from_arrays(images())
    rows = np.array([8, 0, 3, 0, 10])
    part = data.images[rows]
    assert all(np.array_equal(part.image(i), data.images.image(r)) for i, r in enumerate(rows))
    assert part.keys() == [data.images.keys()[row] for row in rows]
    again = joined([data.images[:4], data.images[4:]], data.images.classes)
    assert again.keys() == data.images.keys()
    assert np.array_equal(again.members, data.images.members)


def test_keys_sort_by_class_then_by_samples() -> None:
    keys = mixed_from_arrays(images()).images.keys()
    members = mixed_from_arrays(images()).images.members
    order = sorted(range(len(keys)), key=keys.__getitem__)
    assert np.all(np.diff(members[order]) >= 0)
    assert keys[0] == keys[9] and len(set(keys)) == len(keys) - 1


def test_sizes_are_those_of_the_levels() -> None:
    data = mixed_from_arrays([np.array([[0, 1, 1]], np.uint8), np.array([[0, 1, 2, 3]], np.uint8)])
    assert data.raw_bytes == (3 + 8 + 7) // 8


def test_a_set_of_one_shape_is_a_single_class_and_back() -> None:
    array = np.where(np.arange(2 * 3 * 4).reshape(2, 3, 4) % 5 > 2, 9, 4).astype(">u2")
    data = recognise({"y": np.arange(2), "x": array})
    mixed = as_mixed(data)
    assert not mixed.is_list and mixed.images.classes == (ImageClass(2, 1, 3, 4, (4, 9)),)
    assert np.array_equal(mixed.array(), array) and mixed.array().dtype == array.dtype
    back = as_uniform(mixed)
    assert isinstance(back, DataSet) and back.spec == data.spec
    assert np.array_equal(back.pixels, data.pixels) and back.side == data.side


def test_floats_and_rows_and_splits_come_back_of_a_mixed_set() -> None:
    numbers = np.arange(5 * 12).reshape(5, 12) % 7
    arrays = {
        "x_train": (numbers[:3] / 6).astype(np.float32), "y_train": np.arange(3),
        "x_test": (numbers[3:] / 6).astype(np.float32), "y_test": np.arange(2),
    }  # fmt: skip
    data = recognise(arrays, layout="3x4", join=True)
    assert data.spec.form.splits is not None and data.spec.form.row is not None
    mixed = as_mixed(data)
    assert mixed.array().dtype == np.float32 and mixed.array().shape == (5, 12)
    back = as_uniform(mixed)
    assert isinstance(back, DataSet) and back.spec == data.spec
    file = io.BytesIO()
    save_npz(file, mixed)
    file.seek(0)
    with np.load(file) as found:
        assert list(found) == list(arrays)
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype and np.array_equal(found[name], array)


def test_a_form_needs_a_single_shape_that_has_its_rows() -> None:
    one, other = ImageClass(2, 1, 3, 4), ImageClass(2, 1, 3, 5)
    with pytest.raises(DataError, match="several shapes"):
        MixedSpec("x", "uint8", "nhw", form=Form(row=(12,))).check((one, other))
    with pytest.raises(DataError, match="no rows"):
        MixedSpec("x", "uint8", "nhw", form=Form(row=(13,))).check((one,))
    MixedSpec("x", "uint8", "nhw", form=Form(row=(12,))).check((one,))


@pytest.mark.parametrize(
    ("spec", "values", "words"),
    [
        (MixedSpec("x", "uint8", "nhw"), (0, 256), r"must be 0\.\.255"),
        (MixedSpec("x", "uint8", "nhw"), (-1, 5), r"must be 0\.\.255"),
        (MixedSpec("x", "bool", "nhw"), (0, 2), "the levels 0 and 1"),
        (MixedSpec("x", "uint8", "nhw", form=Form(Entries("int8"))), (0, 128), "has not all of"),
        (
            MixedSpec("x", "uint8", "nhw", form=Form(Entries("float16", base=-65_536))), (0, 1),
            "no finite float16",
        ),
    ],
)  # fmt: skip
def test_values_that_cannot_come_back_are_refused(
    spec: MixedSpec, values: tuple[int, ...], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        spec.check((ImageClass(2, 1, 3, 4, values),))


def test_many_classes_of_many_levels_make_one_specification(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[ImageClass] = []
    of = MixedSpec.of

    def counted(self: MixedSpec, one: ImageClass) -> ImageSpec:
        made.append(one)
        return of(self, one)

    monkeypatch.setattr(MixedSpec, "of", counted)
    classes = tuple(ImageClass(65_536, 1, height, 1) for height in range(1, 1001))
    MixedSpec("x", "uint16", "nhw").check(classes)
    assert [one.levels for one in made] == [2]  # the levels of the others are never listed


def test_equal_colour_channels_come_back() -> None:
    grey = np.arange(24, dtype=np.uint8).reshape(2, 3, 4, 1)
    array = np.concatenate([grey, grey, grey, 255 - grey], 3)
    data = as_mixed(recognise({"x": array}, layout="nhwc"))
    assert data.images.classes[0].channels == 2 and np.array_equal(data.array(), array)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ([], "no images"),
        ([np.zeros((2, 2), np.int16)], "all uint8 or all uint16"),
        ([np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.uint16)], "all uint8 or all uint16"),
        ([np.zeros((2, 2), np.bool_), np.zeros((3, 2), np.bool_)], "not bool"),
        ([np.zeros((2, 2), np.uint8), np.zeros((2, 2, 1), np.uint8)], "laid out as nhw"),
        ([np.zeros((2, 2, 5), np.uint8)], "1 to 4 channels"),
        ([np.zeros((0, 2), np.uint8)], "1 to 4 channels"),
        ([np.zeros(4, np.uint8)], "laid out as"),
        ([np.zeros((1, 70000), np.uint8)], "sides of 1 to"),
    ],
)
def test_what_is_no_such_list_is_refused(arrays: list[np.ndarray], words: str) -> None:
    with pytest.raises(DataError, match=words):
        mixed_from_arrays(arrays)


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="cannot follow"):
        mixed_from_arrays(images(), side=(SideArray("y", np.arange(3), True),))
    with pytest.raises(DataError, match="groups"):
        mixed_from_arrays(images(), groups=[1])
    data = mixed_from_arrays(images())
    with pytest.raises(DataError, match="no single array"):
        data.array()
    with pytest.raises(DataError, match="no image of class"):
        MixedData(data.images[np.array([0])], data.spec)
