"""What is a place of pictures."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from pictures import GREY, png

from acncodec.errors import DataError
from acncodec.images.places import pictures_in

PICTURE = png(np.full((4, 5), 255, np.uint8), 8, GREY)


def test_a_folder_stays_and_what_a_zip_holds_does_not(tmp_path: Path) -> None:
    folder, packed = tmp_path / "in", tmp_path / "a.zip"
    folder.mkdir()
    (folder / "a.png").write_bytes(PICTURE)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.png", PICTURE)
        archive.writestr("a.cls", "7")
    with pictures_in(folder) as found:
        assert found is not None and found.stays and [*found.after] == ["names"]
    with pictures_in(packed, skip=["cls"]) as found:
        assert found is not None and found.after["cls"].shape == (0,)
    with pictures_in(packed) as found:
        assert found is not None and not found.stays
        assert found.after["cls"].tolist() == [7] and found.folder.path.is_dir()
        unpacked = found.folder.path
    assert not unpacked.exists()


def test_other_places_hold_no_pictures(tmp_path: Path) -> None:
    out = io.BytesIO()
    np.save(out, np.zeros(3))
    (tmp_path / "a").write_bytes(out.getvalue())
    (tmp_path / "zarr").mkdir()
    (tmp_path / "zarr/zarr.json").write_text("{}")
    for name in ("a", "zarr"):
        with pictures_in(tmp_path / name) as found:
            assert found is None
    with pytest.raises(DataError, match="neither a file"), pictures_in(Path("/dev/null")):
        pass
