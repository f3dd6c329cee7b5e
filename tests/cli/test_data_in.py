"""Arrays as people have them, to an archive and back, in both orders."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli_types import Acn
from numpy.typing import NDArray
from pictures import GREY, png
from tiny import blobs

BITS = blobs(30, 3)[:, 0]
LABELS = np.arange(30) % 7
Arrays = dict[str, NDArray[Any]]
RoundTrip = Callable[..., Arrays]


@pytest.fixture
def round_trip(acn: Acn, model_file: Path, tmp_path: Path) -> RoundTrip:
    """Compress and decompress; what comes back."""

    def run(source: Path, order: str, *options: object) -> Arrays:
        archive, back = tmp_path / "there.acn", tmp_path / "back.npz"
        outcome = acn(
            "compress", source, archive, "--model", model_file, "--order", order, "--verify", "-f",
            "--ordering", "iid" if order == "keep" else "set", *options,
        )  # fmt: skip
        assert outcome.code == 0, outcome.err
        outcome = acn("decompress", archive, back, "--model", model_file, "-f")
        assert outcome.code == 0, outcome.err
        with np.load(back) as arrays:
            return dict(arrays)

    return run


def rows(*arrays: NDArray[Any]) -> list[tuple[bytes, ...]]:
    """The rows of aligned arrays, in an order that does not depend on theirs."""
    return sorted(tuple(row.tobytes() for row in group) for group in zip(*arrays, strict=True))


def assert_same(back: Arrays, given: Arrays, order: str, *groups: tuple[str, ...]) -> None:
    """Names, types and shapes are the same, and in `keep` all bytes; in `any` the rows of arrays
    that go together do."""
    assert list(back) == list(given)
    for name, array in given.items():
        assert (back[name].dtype, back[name].shape) == (array.dtype, array.shape), name
        if order == "keep" or not any(name in group for group in groups):
            assert back[name].tobytes() == np.ascontiguousarray(array).tobytes(), name
    for group in groups:
        assert rows(*(back[name] for name in group)) == rows(*(given[name] for name in group))


FORMS: dict[str, NDArray[Any]] = {
    "flat": BITS.reshape(30, 64),
    "float32": BITS.astype(np.float32),
    "float64 of k/255": BITS * 255 / 255,
    "big-endian float32": BITS.astype(">f4"),
    "float16, flat": BITS.reshape(30, 64).astype(np.float16),
    "two floats": np.where(BITS, np.float32(2.8215), np.float32(-0.4242)),
    "minus one and one": BITS * 2.0 - 1,
    "int64": BITS.astype(np.int64),
    "int64, flat": BITS.reshape(30, 64).astype(np.int64),
    "int32": BITS.astype(">i4"),
    "int8": BITS.astype(np.int8) * -1,
    "int64, far apart": BITS.astype(np.int64) * 10**12,
    "uint64": BITS.astype(np.uint64) + 5,
}


@pytest.mark.parametrize("form", FORMS)
def test_types_and_shapes_come_back(round_trip: RoundTrip, tmp_path: Path, form: str) -> None:
    order = "keep" if "flat" in form else "any"
    given: Arrays = {"y": LABELS, "x": FORMS[form]}
    np.savez(tmp_path / "a.npz", **given)
    assert_same(round_trip(tmp_path / "a.npz", order), given, order, ("x", "y"))


def test_an_archive_says_the_type_that_comes_back(
    acn: Acn, model_file: Path, tmp_path: Path
) -> None:
    np.save(tmp_path / "a.npy", FORMS["float16, flat"])
    acn("compress", tmp_path / "a.npy", tmp_path / "a.acn", "--model", model_file)
    facts = json.loads(acn("info", tmp_path / "a.acn", "--json").out)
    assert (facts["dtype"], facts["format_version"], facts["shape"]) == ("float16", 3, [1, 8, 8])


def test_shards_and_ranges_of_another_form(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    for form in ("float16, flat", "int64"):
        array = FORMS[form]
        np.save(tmp_path / "a.npy", array)
        outcome = acn(
            "compress", tmp_path / "a.npy", tmp_path / "a.acn", "--model", model_file,
            "--shard-size", 8, "--verify", "-f",
        )  # fmt: skip
        assert outcome.code == 0, outcome.err
        for options, wanted in (((), array), (("--range", "5:12"), array[5:12])):
            outcome = acn(
                "decompress", tmp_path / "a.acn", tmp_path / "b.npz", "--model", model_file, "-f",
                *options,
            )  # fmt: skip
            assert outcome.code == 0, outcome.err
            with np.load(tmp_path / "b.npz") as back:
                assert back["x"].dtype == array.dtype and np.array_equal(back["x"], wanted)


def test_what_cannot_be_taken_exactly_is_refused(
    acn: Acn, model_file: Path, tmp_path: Path
) -> None:
    np.savez(tmp_path / "a.npz", x=np.random.default_rng(0).random((30, 8, 8)))
    outcome = acn("compress", tmp_path / "a.npz", tmp_path / "a.acn", "--model", model_file)
    assert outcome.code == 1 and not (tmp_path / "a.acn").exists()
    assert "nothing is rounded here" in outcome.err and "np.rint" in outcome.err
    np.savez(tmp_path / "a.npz", x=np.zeros((30, 60), np.uint8))
    outcome = acn("compress", tmp_path / "a.npz", tmp_path / "a.acn", "--model", model_file)
    assert outcome.code == 1 and "--layout HxW" in outcome.err
    outcome = acn(
        "compress", tmp_path / "a.npz", tmp_path / "a.acn", "--model", model_file, "--layout", "8"
    )
    assert outcome.code == 2 and "a size such as 28x28" in outcome.err


TRAIN, TEST = slice(0, 20), slice(20, 30)
SPLITS: dict[str, Arrays] = {
    "keras": {
        "x_test": BITS[TEST], "x_train": BITS[TRAIN], "y_train": LABELS[TRAIN],
        "y_test": LABELS[TEST], "note": np.array("kept"),
    },
    "medmnist": {
        "train_images": BITS[:15], "val_images": BITS[15:20], "test_images": BITS[TEST],
        "train_labels": LABELS[:15, None], "val_labels": LABELS[15:20, None],
        "test_labels": LABELS[TEST, None],
    },
    "labels of one split, floats, flat": {
        "x_train": BITS[TRAIN].reshape(-1, 64) / 255, "x_test": BITS[TEST].reshape(-1, 64) / 255,
        "y_train": LABELS[TRAIN],
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("order", "shards"), [("keep", ()), ("any", ()), ("any", ("--shard-size", 7))]
)
@pytest.mark.parametrize("name", SPLITS)
def test_splits_come_back_each_as_it_was(
    round_trip: RoundTrip, tmp_path: Path, name: str, order: str, shards: tuple[object, ...]
) -> None:
    given = SPLITS[name]
    np.savez(tmp_path / "a.npz", **given)
    groups = {
        "keras": [("x_train", "y_train"), ("x_test", "y_test")],
        "medmnist": [(f"{split}_images", f"{split}_labels") for split in ("train", "val", "test")],
    }.get(name, [("x_train", "y_train"), ("x_test",)])
    assert_same(round_trip(tmp_path / "a.npz", order, *shards), given, order, *groups)


@pytest.mark.parametrize("order", ["keep", "any"])
def test_an_array_of_the_rows_of_all_splits_follows_their_images(
    round_trip: RoundTrip, tmp_path: Path, order: str
) -> None:
    np.savez(tmp_path / "a.npz", x_train=BITS[TRAIN], x_test=BITS[TEST], ids=np.arange(30))
    found = round_trip(tmp_path / "a.npz", order)
    together = np.concatenate([found["x_train"], found["x_test"]])
    assert np.array_equal(together, BITS[found["ids"]])
    assert sorted(found["ids"][:20]) == list(range(20))


def test_both_splits_are_coded_as_images(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **SPLITS["keras"])
    outcome = acn("compress", tmp_path / "a.npz", tmp_path / "a.acn", "--model", model_file)
    assert "warning" not in outcome.err
    assert "images       30 of 8x8" in outcome.out
    assert "splits       x_test, x_train: one set, given back as they were" in outcome.out


def test_a_range_of_splits(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=BITS[TRAIN], x_test=BITS[TEST], y_test=LABELS[TEST])
    acn("compress", tmp_path / "a.npz", tmp_path / "a.acn", "--model", model_file)
    outcome = acn(
        "decompress", tmp_path / "a.acn", tmp_path / "b.npz", "--model", model_file, "--range",
        "18:23",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    with np.load(tmp_path / "b.npz") as back:
        assert np.array_equal(back["x_train"], BITS[18:20])
        assert np.array_equal(back["x_test"], BITS[20:23])
        assert np.array_equal(back["y_test"], LABELS[20:23])


@pytest.mark.parametrize(("order", "shards"), [("keep", ("--shard-size", 7)), ("any", ())])
def test_labels_beside_an_idx_file(
    round_trip: RoundTrip, tmp_path: Path, order: str, shards: tuple[object, ...]
) -> None:
    images, labels = tmp_path / "images-idx3-ubyte", tmp_path / "labels-idx1-ubyte"
    images.write_bytes(struct.pack(">4I", 2051, *BITS.shape) + BITS.tobytes())
    labels.write_bytes(struct.pack(">2I", 2049, 30) + LABELS.astype(np.uint8).tobytes())
    given: Arrays = {"x": BITS, "labels": LABELS.astype(np.uint8)}
    back = round_trip(images, order, "--labels", labels, *shards)
    assert_same(back, given, order, ("x", "labels"))


def test_labels_of_qmnist_have_columns(round_trip: RoundTrip, tmp_path: Path) -> None:
    images, labels = tmp_path / "images", tmp_path / "labels-idx2-int"
    images.write_bytes(struct.pack(">4I", 2051, *BITS.shape) + BITS.tobytes())
    table = np.arange(240, dtype=">i4").reshape(30, 8)
    labels.write_bytes(struct.pack(">3I", 0x0C02, 30, 8) + table.tobytes())
    back = round_trip(images, "any", "--labels", labels)
    assert_same(back, {"x": BITS, "labels": table}, "any", ("x", "labels"))


def test_labels_outside_of_a_set_are_told_of(acn: Acn, model_file: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", BITS)
    for order, warned in (("keep", False), ("any", True)):
        outcome = acn(
            "compress", tmp_path / "a.npy", tmp_path / "a.acn", "--model", model_file, "-f",
            "--order", order,
        )  # fmt: skip
        assert outcome.code == 0 and ("--labels FILE takes labels in" in outcome.err) == warned
    np.save(tmp_path / "y.npy", LABELS[:5])
    outcome = acn(
        "compress", tmp_path / "a.npy", tmp_path / "a.acn", "--model", model_file, "-f",
        "--labels", tmp_path / "y.npy",
    )  # fmt: skip
    assert outcome.code == 1
    assert (
        "y.npy: it has the shape (5,), and labels of 30 images have a row for each" in outcome.err
    )


@pytest.mark.parametrize("order", ["keep", "any"])
def test_stored_floats_and_splits_come_back_too(acn: Acn, tmp_path: Path, order: str) -> None:
    """No model takes them, so that they are a mixed set of one class."""
    grey = np.random.default_rng(0).integers(0, 200, (9, 35))
    given: Arrays = {
        "x_train": (grey[:5] / 255).astype(np.float32), "x_test": (grey[5:] / 255).astype("f4"),
        "y_train": np.arange(5),
    }  # fmt: skip
    np.savez(tmp_path / "a.npz", **given)
    outcome = acn(
        "compress", tmp_path / "a.npz", tmp_path / "a.acn", "--layout", "5x7", "--order", order,
        "--verify",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    outcome = acn("decompress", tmp_path / "a.acn", tmp_path / "b.npz")
    assert outcome.code == 0, outcome.err
    with np.load(tmp_path / "b.npz") as back:
        assert_same(dict(back), given, order, ("x_train", "y_train"), ("x_test",))


@pytest.mark.parametrize("order", ["keep", "any"])
def test_several_files_are_one_set(acn: Acn, model_file: Path, tmp_path: Path, order: str) -> None:
    given: Arrays = {"a": BITS[:12], "b/x": BITS[12:], "b/y": LABELS[12:]}
    np.save(tmp_path / "a.npy", given["a"])
    np.savez(tmp_path / "b.npz", x=given["b/x"], y=given["b/y"])
    outcome = acn(
        "compress", tmp_path / "a.npy", tmp_path / "b.npz", tmp_path / "c.acn", "--model",
        model_file, "--order", order, "--verify",
    )  # fmt: skip
    assert outcome.code == 0 and "images       30 of 8x8" in outcome.out, outcome.err
    outcome = acn("decompress", tmp_path / "c.acn", tmp_path / "d.npz", "--model", model_file)
    assert outcome.code == 0, outcome.err
    with np.load(tmp_path / "d.npz") as back:
        assert_same(dict(back), given, order, ("a",), ("b/x", "b/y"))


@pytest.mark.parametrize("order", ["keep", "any"])
def test_a_zip_of_pictures(round_trip: RoundTrip, tmp_path: Path, order: str) -> None:
    names = [f"{at:04}.png" for at in range(30)]
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        for name, image in zip(names, BITS, strict=True):
            archive.writestr(name, png(image * np.uint8(255), 8, GREY))
            archive.writestr(name.replace(".png", ".cls"), f"{name[3]}")
    classes = np.array([int(name[3]) for name in names])
    given: Arrays = {"x": BITS * np.uint8(255), "names": np.array(names), "cls": classes}
    back = round_trip(tmp_path / "p.zip", order)
    assert_same(back, given, order, ("x", "names", "cls"))


@pytest.mark.parametrize("order", ["keep", "any"])
def test_a_table_of_labels_and_pixels(round_trip: RoundTrip, tmp_path: Path, order: str) -> None:
    header = "label," + ",".join(f"pixel{at}" for at in range(64))
    table = np.c_[LABELS, BITS.reshape(30, 64) * 255]
    np.savetxt(tmp_path / "a.csv", table, fmt="%d", delimiter=",", header=header, comments="")
    given: Arrays = {"x": BITS.reshape(30, 64) * np.uint8(255), "label": LABELS}
    assert_same(round_trip(tmp_path / "a.csv", order), given, order, ("x", "label"))


def test_the_text_of_binarised_mnist(round_trip: RoundTrip, tmp_path: Path) -> None:
    np.savetxt(tmp_path / "binary.amat", BITS.reshape(30, 64), fmt="%d")
    given: Arrays = {"x": BITS.reshape(30, 64)}
    assert_same(round_trip(tmp_path / "binary.amat", "any"), given, "any", ("x",))


IDX_TYPES = {9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        (9, (30, 8, 8)),
        (11, (30, 64)),
        (12, (30, 1, 8, 8)),
        (13, (30, 8, 8, 1)),
        (14, (30, 64)),
    ],
)
def test_idx_of_every_type_and_number_of_axes(
    round_trip: RoundTrip, tmp_path: Path, code: int, shape: tuple[int, ...]
) -> None:
    array = BITS.reshape(shape).astype(IDX_TYPES[code])
    head = bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
    (tmp_path / "a.idx").write_bytes(head + array.tobytes())
    assert_same(round_trip(tmp_path / "a.idx", "keep"), {"x": array}, "keep")


def test_an_array_of_objects_is_left_out_by_name(
    acn: Acn, round_trip: RoundTrip, model_file: Path, tmp_path: Path
) -> None:
    boxes = np.empty(30, object)
    boxes[:] = [[1] * (index % 3) for index in range(30)]
    settings = np.array({"source": "scanner"}, dtype=object)
    np.savez(tmp_path / "a.npz", x=BITS, y=LABELS, boxes=boxes, settings=settings)
    outcome = acn("compress", tmp_path / "a.npz", tmp_path / "a.acn", "--model", model_file)
    assert outcome.code == 1 and "to leave it out, say --skip boxes" in outcome.err
    skipped = ("--skip", "boxes", "--skip", "settings")
    back = round_trip(tmp_path / "a.npz", "any", *skipped)
    assert_same(back, {"x": BITS, "y": LABELS}, "any", ("x", "y"))
    outcome = acn(
        "compress", tmp_path / "a.npz", tmp_path / "a.acn", "--model", model_file, *skipped
    )
    assert "left out     boxes, settings" in outcome.out
    outcome = acn(
        "compress", tmp_path / "a.npz", tmp_path / "a.acn", "-f", "--model", model_file, *skipped,
        "--json",
    )  # fmt: skip
    assert json.loads(outcome.out)["skipped"] == ["boxes", "settings"]
    assert "a.npz: left out, as you said: boxes, settings" in outcome.err
    outcome = acn(
        "compress", tmp_path / "a.npz", tmp_path / "b.acn", "--model", model_file, *skipped,
        "--skip", "z",
    )  # fmt: skip
    assert (
        outcome.code == 1
        and "--skip 'z': there is no such array; there are 'x', 'y'" in outcome.err
    )
