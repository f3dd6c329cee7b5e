from __future__ import annotations

import io

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images.formats.text import is_table, load_columns, load_text

PIXELS = np.random.default_rng(0).integers(0, 256, (5, 16))
LABELS = np.arange(5)
NAMED = ",".join(f"pixel{at}" for at in range(16))


def written(table: np.ndarray, header: str = "", delimiter: str = ",") -> io.BytesIO:
    out = io.StringIO()
    np.savetxt(out, table, fmt="%d", header=header, delimiter=delimiter, comments="")
    return io.BytesIO(out.getvalue().encode())


@pytest.mark.parametrize(
    ("file", "names"),
    [
        (written(np.c_[LABELS, PIXELS], "label," + NAMED), ["x", "label"]),
        (written(np.c_[PIXELS, LABELS], NAMED + ",label"), ["x", "label"]),
        (written(np.c_[LABELS, LABELS, PIXELS], "id,label," + NAMED), ["x", "id", "label"]),
        (written(PIXELS, ",".join(f"{a}x{b}" for a in range(4) for b in range(4))), ["x"]),
        (written(np.c_[LABELS, PIXELS]), ["x", "labels"]),
        (written(np.c_[PIXELS, LABELS], delimiter=" "), ["x", "labels"]),
        (written(PIXELS, delimiter=" "), ["x"]),
        (written(PIXELS, delimiter="\t"), ["x"]),
    ],
)
def test_pixels_and_other_columns(file: io.BytesIO, names: list[str]) -> None:
    assert is_table(file.getvalue()[:64])
    arrays = load_text(file)
    assert list(arrays) == names
    assert arrays["x"].dtype == np.uint8 and np.array_equal(arrays["x"], PIXELS)
    for name in names[1:]:
        assert np.array_equal(arrays[name], LABELS)


def test_colours_beside_a_label() -> None:
    table = np.random.default_rng(0).integers(0, 256, (3, 108))
    arrays = load_text(written(np.c_[np.arange(3), table]))
    assert arrays["x"].shape == (3, 108) and arrays["labels"].tolist() == [0, 1, 2]


def test_which_columns_are_pixels_must_be_clear() -> None:
    with pytest.raises(DataError, match=r"not clear which columns.*pixel0.*'a', 'b'"):
        load_text(io.BytesIO(b"a,b\n1,2\n"))
    with pytest.raises(DataError, match="a column is called 'x'"):
        load_text(written(np.c_[LABELS, PIXELS], "x," + NAMED))


@pytest.mark.parametrize(
    "start", [b"", b"text", b"hello, world", b"a\n1,2", b"\x0b1,2", b"1,2\x00", b"12"]
)
def test_what_is_no_table(start: bytes) -> None:
    assert not is_table(start)


def test_columns_of_labels() -> None:
    assert load_columns(io.BytesIO(b"3\n1\n"))["labels"].tolist() == [3, 1]
    found = load_columns(io.BytesIO(b"file,class\na.png,cat\nb.png,dog\n"))
    assert {name: column.tolist() for name, column in found.items()} == {
        "file": ["a.png", "b.png"],
        "class": ["cat", "dog"],
    }
    assert list(load_columns(io.BytesIO(b"3,4\n1,2\n"))) == ["labels_0", "labels_1"]
