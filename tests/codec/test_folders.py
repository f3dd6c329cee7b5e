"""Archives that no folder is written from are refused by their side data alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from reading import opened

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.container import NewFolder, atomic_folder, atomic_output
from acncodec.errors import DataError
from acncodec.images import write_folder as module
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel

pytest.importorskip("imagecodecs")


def write(path: Path, images: NDArray[np.uint8], model: FrozenModel, names: list[str]) -> Path:
    data = recognise({"x": images[: len(names), 0], "names": np.array(names)})
    with atomic_output(path, force=True) as file:
        compress_dataset(data, model, CompressOptions(), file)
    return path


def test_the_names_decide_before_anything_is_decoded(
    images: NDArray[np.uint8], tiny_model: FrozenModel, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = write(tmp_path / "a.acn", images, tiny_model, ["a/b.png", "c.png"])
    with opened(path, tiny_model, 1) as archive, atomic_folder(tmp_path / "out") as folder:
        contents = archive.write_folder(folder)
    assert contents.images == 2
    assert sorted(file.name for file in (tmp_path / "out").rglob("*.png")) == ["b.png", "c.png"]
    monkeypatch.setattr(module, "MAX_ENTRIES", 1)
    monkeypatch.setattr(NewFolder, "add", lambda *_: pytest.fail("a file was written"))
    with (
        pytest.raises(DataError, match=r"2 images.*name an \.npz"),
        opened(path, tiny_model, 1) as archive,
        atomic_folder(tmp_path / "second") as folder,
    ):
        archive.write_folder(folder)
    monkeypatch.undo()
    path = write(path, images, tiny_model, ["a/../../b.png", "c.png"])
    monkeypatch.setattr(NewFolder, "add", lambda *_: pytest.fail("a file was written"))
    with (
        pytest.raises(DataError, match="leads out of the folder"),
        opened(path, tiny_model, 1) as archive,
        atomic_folder(tmp_path / "other") as folder,
    ):
        archive.write_folder(folder)
    assert not (tmp_path / "other").exists()
