"""Some images of a set as they are sent: by where they lie or with their samples, and no others."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from acncodec.errors import DataError
from acncodec.images import load_any, open_any
from acncodec.images.excerpt import Excerpt
from acncodec.images.stored_mixed import OneClass
from acncodec.images.window import window

COUNT = 12
ROWS = np.array([9, 2, 5])


def npy(tmp_path: Path) -> Path:
    bits = np.random.default_rng(3).integers(0, 2, (COUNT, 8, 8)).astype(np.uint8)
    np.save(tmp_path / "a.npy", bits)
    return tmp_path / "a.npy"


def folder(tmp_path: Path, *, mixed: bool) -> Path:
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(5)
    (tmp_path / "in").mkdir()
    for number in range(COUNT):
        shape = (6, 9) if mixed and number % 2 else (8, 7)
        samples = rng.integers(0, 250, shape).astype(np.uint8)
        image.fromarray(samples).save(tmp_path / "in" / f"{number:02}.png")
    return tmp_path / "in"


def keys(images: Any) -> list[bytes]:
    """The bytes of each image."""
    if isinstance(images, np.ndarray):
        return [image.tobytes() for image in images]
    return images.keys()


SETS = {
    "npy": lambda tmp_path: open_any(npy(tmp_path)),
    "part of it": lambda tmp_path: window(open_any(npy(tmp_path)), range(1, COUNT)),
    "of one class": lambda tmp_path: OneClass(open_any(npy(tmp_path))),
    "folder": lambda tmp_path: open_any(folder(tmp_path, mixed=False)),
    "mixed folder": lambda tmp_path: open_any(folder(tmp_path, mixed=True)),
    "part of that": lambda tmp_path: window(
        open_any(folder(tmp_path, mixed=True)), range(1, COUNT)
    ),
}


@pytest.mark.parametrize("rows", [slice(3, 7), ROWS], ids=["consecutive", "anywhere"])
@pytest.mark.parametrize("kind", SETS)
def test_images_that_lie_somewhere_are_the_same_wherever_they_are_read(
    kind: str, rows: Any, tmp_path: Path
) -> None:
    data = SETS[kind](tmp_path)
    taken = Excerpt(data, rows)
    due = keys(taken.read())
    assert due == keys(data.take(rows)) and len(due) in (3, 4)
    for carrying in (False, True):
        sent = pickle.dumps(taken.sent(carrying=carrying))
        assert keys(pickle.loads(sent).read()) == due  # noqa: S301
        held = [image[-30:] in sent for image in due]
        assert all(held) if carrying else not any(held)
    again = pickle.dumps(taken.sent(carrying=False).sent(carrying=False))
    assert keys(pickle.loads(again).read()) == due  # noqa: S301


def test_what_is_sent_of_a_folder_names_no_other_picture(tmp_path: Path) -> None:
    data = open_any(folder(tmp_path, mixed=True))
    sent = pickle.dumps(Excerpt(data, ROWS).sent(carrying=False))
    assert [f"{number:02}.png".encode() in sent for number in range(COUNT)] == [
        number in ROWS for number in range(COUNT)
    ]


@pytest.mark.parametrize("mixed", [False, True])
def test_what_is_in_memory_is_sent_as_it_is_and_nothing_of_the_others(
    mixed: bool, tmp_path: Path
) -> None:
    data = load_any(folder(tmp_path, mixed=mixed))
    sent = pickle.dumps(Excerpt(data, ROWS).sent(carrying=False))
    for number in range(COUNT):
        (image,) = keys(data.take(slice(number, number + 1)))
        assert (image[-30:] in sent) == (number in ROWS)


def test_an_image_that_has_changed_is_refused_where_it_is_read(tmp_path: Path) -> None:
    path = npy(tmp_path)
    sent = pickle.dumps(Excerpt(open_any(path), slice(3, 7)).sent(carrying=False))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1  # of the last image, which is none of them
    path.write_bytes(content)
    assert len(pickle.loads(sent).read()) == 4  # noqa: S301
    content[-8 * 8 * 7] ^= 1  # the first pixel of the sixth
    path.write_bytes(content)
    with pytest.raises(DataError, match="has changed"):
        pickle.loads(sent).read()  # noqa: S301
    path.unlink()
    with pytest.raises(DataError, match="cannot be read"):
        pickle.loads(sent).read()  # noqa: S301


@pytest.mark.parametrize("kind", ["npy", "folder", "mixed folder"])
def test_a_path_is_sent_whole(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = SETS[kind](Path())
    due = keys(data.take(ROWS))
    sent = pickle.dumps(Excerpt(data, ROWS).sent(carrying=False))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert keys(pickle.loads(sent).read()) == due  # noqa: S301
