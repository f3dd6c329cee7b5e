"""Pictures in columns of Parquet, of one size and of several."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from columns import BYTES, IMAGES, pictures, written
from pictures import GREY, RGB, png

from acncodec.errors import DataError
from acncodec.images import DataSet, MixedData, load_any, load_dataset

pa = pytest.importorskip("pyarrow", reason="needs the extra parquet")
Image = pytest.importorskip("PIL.Image", reason="needs the extra images")
SMALL = png(IMAGES[0, :4], 8, GREY)


def saved(folder: Path, columns: dict[str, Any], **options: Any) -> Path:
    (folder / "a").write_bytes(written(columns, **options).getvalue())
    return folder / "a"


def sides(data: DataSet | MixedData) -> dict[str, tuple[list[Any], bool]]:
    return {entry.name: (entry.array.tolist(), entry.aligned) for entry in data.side}


def encoded(picture: Any, kind: str) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def palette(shade: int) -> bytes:
    picture = Image.fromarray(np.array([[0, 1], [1, 0]], np.uint8), "P")
    picture.putpalette([0, 0, 0, shade, shade, 0])
    return encoded(picture, "PNG")


def test_pictures_as_datasets_writes_them(tmp_path: Path) -> None:
    paths = [f"/etc/{5 - at}.png" for at in range(6)]
    table = {"image": pictures(BYTES, paths), "label": pa.array(range(6))}
    data = load_dataset(saved(tmp_path, table, row_group_size=4))
    assert data.spec.name == "image" and np.array_equal(data.arrays()["image"], IMAGES)
    assert sides(data) == {"names": (paths, True), "label": ([*range(6)], True)}
    assert "the metadata of the Parquet file" in data.warnings[0]


def test_pictures_without_paths_or_as_plain_bytes(tmp_path: Path) -> None:
    for column in (
        pictures(BYTES, [None] * 6),
        pa.array(BYTES),
        pa.array(BYTES, pa.large_binary()),
    ):
        found = load_dataset(saved(tmp_path, {"img": column})).arrays()
        assert list(found) == ["img"] and np.array_equal(found["img"], IMAGES)
    colours = np.random.default_rng(0).integers(0, 256, (3, 4, 5, 3), dtype=np.uint8)
    column = pa.array([png(one, 8, RGB) for one in colours])
    found = load_dataset(saved(tmp_path, {"img": column})).arrays()
    assert np.array_equal(found["img"], colours)


@pytest.mark.parametrize("of", [2, 3])
def test_pictures_of_several_sizes_are_a_mixed_set(tmp_path: Path, of: int) -> None:
    """The column may be any of them, and what is beside it stays in its place."""
    contents = [*BYTES[: of - 1], SMALL]
    names = [f"{at}.png" for at in range(of)]
    columns = {
        "id": pa.array(range(of)), "image": pictures(contents, names),
        "label": pa.array(["a"] * of),
    }  # fmt: skip
    data = load_any(saved(tmp_path, columns))
    assert isinstance(data, MixedData) and data.is_list
    assert (data.spec.name, data.spec.position) == ("image", 1)
    for found, image in zip(data.arrays(), [*IMAGES[: of - 1], IMAGES[0, :4]], strict=True):
        assert np.array_equal(found, image)
    wanted = {
        "id": ([*range(of)], True), "names": (names, True), "modes": (["L"] * of, True),
        "label": (["a"] * of, True),
    }  # fmt: skip
    assert sides(data) == wanted
    del wanted["id"]
    data = load_any(tmp_path / "a", skip=["id"])
    assert sides(data) == wanted and data.spec.position == 0  # type: ignore[union-attr]
    with pytest.raises(DataError, match="here all images must be of one size and mode"):
        load_dataset(tmp_path / "a")


def test_palettes_of_pictures_are_kept(tmp_path: Path) -> None:
    column = pa.array([palette(7), palette(200)], pa.binary())
    data = load_dataset(saved(tmp_path, {"image": column}))
    assert data.shape == (1, 2, 2)
    assert [entry.name for entry in data.side] == ["modes", "chunks", "chunks_of"]
    assert bytes([200, 200, 0]) in data.arrays()["chunks"].tobytes()
    columns = {"image": column, "modes": pa.array([1, 2]), "more": column}
    data = load_dataset(saved(tmp_path, columns), images="image")
    assert [entry.name for entry in data.side] == [
        *("image/modes", "image/chunks", "image/chunks_of", "modes"),
        *("more", "more/modes", "more/chunks", "more/chunks_of"),
    ]
    apart = [entry.name for entry in data.side if not entry.aligned]
    assert apart == ["image/chunks", "more/chunks"]


def test_names_of_two_columns_are_told_apart(tmp_path: Path) -> None:
    paths = [[f"{side}{at}" for at in range(6)] for side in "ab"]
    columns = {"a": pictures(BYTES, paths[0]), "b": pictures(BYTES, paths[1])}
    with pytest.raises(DataError, match=r"several arrays look like images: 'a' .*, 'b' "):
        load_any(saved(tmp_path, columns))
    data = load_any(tmp_path / "a", images="b")
    assert data.spec.name == "b"
    found = sides(data)
    assert (found["names"], found["a/names"]) == ((paths[1], True), (paths[0], True))
    assert sides(load_any(tmp_path / "a", skip=["a"])) == {"names": (paths[1], True)}


def test_one_column_alone_may_have_several_sizes(tmp_path: Path) -> None:
    mixed = pa.array([*BYTES[:5], SMALL])
    columns = {"a": mixed, "b": pa.array(BYTES), "c": mixed}
    with pytest.raises(DataError, match=r"the column 'c': .*--images c, or --skip c"):
        load_any(saved(tmp_path, columns))
    data = load_any(tmp_path / "a", skip=["c"])
    assert isinstance(data, MixedData) and data.spec.name == "a"
    assert [entry.name for entry in data.side] == ["modes", "b"]
    assert "'b' looks like images too" in data.warnings[-1]


def test_a_path_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "0.png").write_bytes(BYTES[0])
    column = pictures([*BYTES[:5], None], [str(tmp_path / "0.png")] * 6)
    with pytest.raises(DataError, match=r"row 5 of 'image' has no bytes.*is ever opened"):
        load_any(saved(tmp_path, {"image": column}))


def test_an_entry_is_one_picture(tmp_path: Path) -> None:
    pages = io.BytesIO()
    one = Image.fromarray(IMAGES[0])
    one.save(pages, "TIFF", save_all=True, append_images=[one])
    for contents in ([*BYTES, b"junk"], [*BYTES, pages.getvalue()], [pages.getvalue(), b"junk"]):
        column = pictures(contents, [None] * len(contents))
        with pytest.raises(DataError, match="the column 'image' is no picture, or several"):
            load_any(saved(tmp_path, {"image": column}))
    with pytest.raises(DataError, match=r"the column 'image': .* holds no image"):
        load_any(saved(tmp_path, {"image": pictures([b"junk"], [None])}))
    with pytest.raises(DataError, match="the column 'image' has no pictures"):
        load_any(saved(tmp_path, {"image": pictures([], [])}))


def test_jpeg_is_taken_where_it_is_asked_for(tmp_path: Path) -> None:
    column = pa.array([encoded(Image.new("L", (8, 8), at), "JPEG") for at in (3, 200)])
    columns = {"image": column, "more": column}
    for said in ({}, {"skip": ["more"]}):
        with pytest.raises(DataError, match="JPEG"):
            load_any(saved(tmp_path, columns), **said)  # type: ignore[arg-type]
    data = load_any(tmp_path / "a", images="more", lossy=True)
    assert data.count == 2 and sum("of 2 lossy files" in text for text in data.warnings) == 2


def test_what_does_not_come_back_is_told(tmp_path: Path) -> None:
    picture = Image.fromarray(IMAGES[0])
    file = io.BytesIO()
    picture.save(file, "TIFF", tiffinfo={274: 3})
    data = load_any(saved(tmp_path, {"image": pa.array([file.getvalue()])}))
    assert any("have an orientation" in text for text in data.warnings)


def test_size(tmp_path: Path) -> None:
    from acncodec.images.parquet_pictures import parquet_pictures

    file = written({"image": pictures(BYTES, [None] * 6)})
    with (
        pytest.raises(DataError, match="limit of 100"),
        parquet_pictures(file, max_bytes=100),
    ):
        pass
