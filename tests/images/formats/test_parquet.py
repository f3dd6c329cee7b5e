from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pictures import GREY, RGB, png
from PIL import Image
from tiny import blobs

from acncodec.errors import DataError, MissingExtraError
from acncodec.images import load_dataset
from acncodec.images.formats.parquet import load_parquet

pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")

IMAGES = blobs(6, 1)[:, 0] * np.uint8(255)
BYTES = [png(image, 8, GREY) for image in IMAGES]


def written(columns: dict[str, Any], **options: Any) -> io.BytesIO:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    out.seek(0)
    return out


def pictures(contents: list[bytes | None], paths: list[str | None]) -> Any:
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    rows = [{"bytes": one, "path": path} for one, path in zip(contents, paths, strict=True)]
    return pa.array(rows, kind)


def test_pictures_as_datasets_writes_them(tmp_path: Path) -> None:
    paths = [f"/etc/{5 - at}.png" for at in range(6)]
    table = {"image": pictures(BYTES, paths), "label": pa.array(range(6))}
    (tmp_path / "a").write_bytes(written(table, row_group_size=4).getvalue())
    data = load_dataset(tmp_path / "a")
    assert data.spec.name == "image" and np.array_equal(data.arrays()["image"], IMAGES)
    found = {entry.name: (entry.array.tolist(), entry.aligned) for entry in data.side}
    assert found == {"names": (paths, True), "label": ([*range(6)], True)}
    assert "the metadata of the Parquet file" in data.warnings[0]


def test_pictures_without_paths_or_as_plain_bytes() -> None:
    for column in (
        pictures(BYTES, [None] * 6),
        pa.array(BYTES),
        pa.array(BYTES, pa.large_binary()),
    ):
        found = load_parquet(written({"img": column}))
        assert list(found) == ["img"] and np.array_equal(found["img"], IMAGES)
    colours = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
    found = load_parquet(written({"img": pa.array([png(one, 8, RGB) for one in colours])}))
    assert np.array_equal(found["img"], colours)


def test_palettes_of_pictures_are_kept() -> None:
    contents = []
    for shade in (7, 200):
        picture = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8), "P")
        picture.putpalette([0, 0, 0, shade, shade, 0])
        file = io.BytesIO()
        picture.save(file, "PNG")
        contents.append(file.getvalue())
    arrays = load_parquet(written({"image": pa.array(contents, pa.binary())}))
    assert arrays["image"].shape == (2, 2, 2)
    assert {"image/chunks", "image/chunks_of"} <= set(arrays)
    assert bytes([200, 200, 0]) in arrays["image/chunks"].tobytes()


def test_a_path_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_bytes(BYTES[0])
    column = pictures([*BYTES[:5], None], [str(tmp_path / "0.png")] * 6)
    with pytest.raises(DataError, match=r"row 5 of 'image' has no bytes.*is ever opened"):
        load_parquet(written({"image": column}))


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        (pa.array([1, 2], pa.int16()), np.array([1, 2], np.int16)),
        (pa.array([0.5, 2.0], pa.float32()), np.array([0.5, 2], np.float32)),
        (pa.array([True, False]), np.array([True, False])),
        (pa.array(["a", "bcd"]), np.array(["a", "bcd"])),
        (pa.array(["b", "b"]).dictionary_encode(), np.array(["b", "b"])),
        (pa.array([[1, 2], [3, 4]], pa.list_(pa.uint8())), np.array([[1, 2], [3, 4]], np.uint8)),
        (pa.array([[1, 2], [3, 4]], pa.list_(pa.uint8(), 2)), np.array([[1, 2], [3, 4]], np.uint8)),
        (
            pa.array([[[1, 2], [3, 4]]], pa.large_list(pa.list_(pa.uint8()))),
            np.array([[[1, 2], [3, 4]]], np.uint8),
        ),
    ],
)
def test_columns_of_numbers_text_and_lists(column: Any, wanted: Any) -> None:
    found = load_parquet(written({"a": column}))["a"]
    assert found.dtype == wanted.dtype and np.array_equal(found, wanted)


def test_shapes_of_tensors_are_in_the_metadata() -> None:
    column = pa.array([[*range(6)], [*range(6, 12)]], pa.large_list(pa.uint8()))
    field = pa.field("x", column.type, metadata={"ARROW:extension:metadata": "[2, 3]"})
    out = io.BytesIO()
    pq.write_table(pa.table([column], schema=pa.schema([field])), out)
    assert np.array_equal(load_parquet(out)["x"], np.arange(12).reshape(2, 2, 3))
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(IMAGES)
    assert np.array_equal(load_parquet(written({"x": tensors}))["x"], IMAGES)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (pa.array([1, None]), "has a null.*--skip a"),
        (pa.array([[1], None], pa.list_(pa.uint8())), "has a null.*--skip a"),
        (pa.array([[1, None]], pa.list_(pa.uint8())), "a list in the column 'a' has a null"),
        (pa.array([[1], [1, 2]]), "several lengths.*--skip a"),
        (pa.array([b"abc"]), "of type binary.*--skip a"),
        (pa.array([{"b": 1}]), "of type struct"),
        (pa.array(["a\0"]), "of type string"),
        (pictures([BYTES[0], b"junk"], [None] * 2), "picture|image"),
    ],
)
def test_what_is_no_array_is_refused_or_left_out(column: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_parquet(written({"a": column}))
    assert load_parquet(written({"a": column}), skip=["a"])["a"].size == 0


def test_damage_and_size(tmp_path: Path) -> None:
    data = written({"image": pictures(BYTES, [None] * 6)}).getvalue()
    for bad in (data[:-1], data[:40], data[:4] + bytes(len(data) - 8) + data[-4:]):
        with pytest.raises(DataError, match="Parquet"):
            load_parquet(io.BytesIO(bad))
    with pytest.raises(DataError, match="limit of 100"):
        load_parquet(io.BytesIO(data), max_bytes=100)


def test_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"acncodec\[parquet\]"):
        load_parquet(io.BytesIO(b"PAR1"))
