"""Archives as Parquet: what is written is read again as what it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from level_sets import level_array, tiny_resnet
from reading import opened
from shares import whole_file

from acncodec.codec.compare import same_data
from acncodec.codec.parquet_file import save_parquet, write_parquet
from acncodec.errors import DataError
from acncodec.images import DataSet, MixedData, load_any
from acncodec.images.picture_side import unpack_sides
from acncodec.images.recognised import recognise
from acncodec.run.settings import Run

pytest.importorskip("pyarrow", reason="needs the extra parquet")
Image = pytest.importorskip("PIL.Image", reason="needs the extra images")
pytest.importorskip("imagecodecs", reason="needs the extra images")
MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]


def arrays_of(data: DataSet | MixedData) -> dict[str, Any]:
    """All arrays; in place of `chunks`, which may be in any order, those of each picture."""
    arrays = dict(data.arrays() if isinstance(data, DataSet) else data.named())
    if "chunks" in arrays:
        sides = unpack_sides(data.side, 1, np.dtype(np.uint8))
        arrays["chunks"] = np.array([repr(one.chunks) for one in sides])
        arrays["chunks_of"] = np.sort(arrays["chunks_of"])
    return arrays


def same_arrays(ones: dict[str, Any], others: dict[str, Any]) -> bool:
    assert list(ones) == list(others)
    for name, one in ones.items():
        other = others[name]
        if isinstance(one, list):
            assert isinstance(other, list) and len(one) == len(other)
            pairs = list(zip(one, other, strict=True))
        else:
            pairs = [(one, other)]
        for a, b in pairs:
            assert a.dtype == b.dtype and a.shape == b.shape, name
            assert a.tobytes() == b.tobytes(), name
    return True


def there_and_back(folder: Path, data: Any, models: Any, order: str) -> None:
    """An archive, decoded as Parquet and at once, both the same, and what they hold the data."""
    whole_file(folder / "a.acn", data, models, order=order, shard_size=5)
    with opened(folder / "a.acn", models, Run(1)) as archive:
        with (folder / "a.parquet").open("xb") as file:
            contents = write_parquet(archive, file)
        back = archive.read()
    assert contents.images == data.count
    found = load_any(folder / "a.parquet")
    assert same_arrays(arrays_of(found), arrays_of(back))
    assert same_data(data, back, order)
    with (folder / "b.parquet").open("xb") as file:
        save_parquet(file, back)
    assert (folder / "b.parquet").read_bytes() == (folder / "a.parquet").read_bytes()


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("kind", ["grey", "rgb", "deep", "two", "equal"])
def test_arrays_are_columns_with_their_types(kind: str, order: str, tmp_path: Path) -> None:
    images = level_array(kind, 12, 1)
    given = {
        "id": np.arange(12, dtype=np.int16), "x": images, "y": np.arange(12) % 3,
        "weight": np.linspace(0, 1, 12, dtype=np.float32), "word": np.array(list("abcdefghijkl")),
        "box": np.arange(48).reshape(12, 4),
    }  # fmt: skip
    data = recognise(given, layout="nhw" if images.ndim == 3 else "nhwc")
    channels = 3 if kind == "rgb" else 1
    there_and_back(tmp_path, data, [tiny_resnet(channels)], order)


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("entries", [np.float32, np.int64, np.bool_])
def test_entries_of_other_types_are_tensors(order: str, entries: Any, tmp_path: Path) -> None:
    images = (np.random.default_rng(1).integers(0, 2, (9, 6, 5))).astype(entries)
    there_and_back(tmp_path, recognise({"x": images, "y": np.arange(9)}), [], order)


def filled(folder: Path, modes: list[str], sizes: int) -> Path:
    """Pictures of some modes and sizes, each a folder a class."""
    rng = np.random.default_rng(5)
    for number in range(3 * len(modes)):
        mode, side = modes[number % len(modes)], 3 + number % sizes
        shape = (side, 4) if mode in ("1", "L", "P", "I;16") else (side, 4, len(mode))
        samples = rng.integers(0, 256, shape, np.uint8)
        if mode in ("1", "I;16"):
            image = Image.fromarray(samples > 99 if mode == "1" else samples * np.uint16(257))
        else:
            image = Image.fromarray(samples % 2 if mode == "P" else samples)
        if mode == "P":
            image = Image.fromarray(samples % 2, "L")
            image.putpalette(rng.bytes(6))
        path = folder / "in" / f"class{number % 2}" / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
    return folder / "in"


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("modes", [*([mode] for mode in MODES), MODES], ids="-".join)
@pytest.mark.parametrize("sizes", [1, 2])
def test_pictures_keep_names_classes_modes_and_chunks(
    order: str, modes: list[str], sizes: int, tmp_path: Path
) -> None:
    data = load_any(filled(tmp_path, modes, sizes))
    there_and_back(tmp_path, data, [], order)


def test_images_in_planes_or_with_an_axis_of_one_channel_keep_their_shape(tmp_path: Path) -> None:
    names = np.array([f"{at}.png" for at in range(6)])
    for number, shape in enumerate([(6, 3, 5, 4), (6, 5, 4, 1)]):
        images = np.random.default_rng(2).integers(0, 200, shape, np.uint8)
        folder = tmp_path / str(number)
        folder.mkdir()
        there_and_back(folder, recognise({"x": images, "names": names}), [], "keep")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"note": np.array("all")}, "'note' has no row for each image"),
        ({"y": np.arange(9, dtype=">i4")}, "'y' is of type >i4, and numbers in Parquet"),
        ({"raw": np.array([b"a"] * 9)}, r"'raw' is of type \|S1, which no column"),
    ],
)
def test_what_has_no_place_is_refused(given: dict[str, Any], message: str, tmp_path: Path) -> None:
    images = np.random.default_rng(1).integers(0, 200, (9, 6, 5), np.uint8)
    whole_file(tmp_path / "a.acn", recognise({"x": images} | given), [])
    with (
        opened(tmp_path / "a.acn", []) as archive,
        (tmp_path / "a.parquet").open("xb") as file,
        pytest.raises(DataError, match=message),
    ):
        write_parquet(archive, file)
