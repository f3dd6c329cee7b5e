"""`bench/explore_page.py`: what a page takes is what its file takes, and a failure is one."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from explore_page import write_page
from numpy.typing import NDArray

from acncodec.models.frozen import FrozenModel
from acncodec.report.schema import ExplorePage


def test_a_page_is_measured(
    images: NDArray[np.uint8], tiny_model: FrozenModel, tmp_path: Path
) -> None:
    data, model, page = (tmp_path / name for name in ("x.npy", "m.safetensors", "page.html"))
    np.save(data, images[:, 0])
    model.write_bytes(tiny_model.to_bytes())
    row = write_page(data, page, "--model", str(model), "--samples", "0")
    assert row["bytes"] == page.stat().st_size > 0 and row["data"] == "x.npy"
    assert msgspec.convert(row | {"most_bytes": 9}, ExplorePage).bytes == row["bytes"]


def test_a_page_that_cannot_be_made_ends_it(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        write_page(tmp_path / "none.npy", tmp_path / "page.html")
