"""Archives that no folder is written from are refused by their side data alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acncodec.codec import CompressOptions, Run, check_archive, compress_dataset, set_to_folder
from acncodec.container import NewFolder, atomic_folder, atomic_output
from acncodec.errors import DataError
from acncodec.images import recognise
from acncodec.images import write_folder as module
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
    check_archive(path)
    with atomic_folder(tmp_path / "out") as folder:
        contents = set_to_folder(path, [tiny_model], folder, Run(1))
    assert contents.images == 2
    assert sorted(file.name for file in (tmp_path / "out").rglob("*.png")) == ["b.png", "c.png"]
    monkeypatch.setattr(module, "MAX_ENTRIES", 1)
    with pytest.raises(DataError, match=r"2 images.*name an \.npz"):
        check_archive(path)
    monkeypatch.undo()
    path = write(path, images, tiny_model, ["a/../../b.png", "c.png"])
    monkeypatch.setattr(NewFolder, "add", lambda *_: pytest.fail("a file was written"))
    with (
        pytest.raises(DataError, match="leads out of the folder"),
        atomic_folder(tmp_path / "other") as folder,
    ):
        set_to_folder(path, [tiny_model], folder, Run(1))
    assert not (tmp_path / "other").exists()
