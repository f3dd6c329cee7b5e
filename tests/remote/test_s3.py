"""To an S3 server and from it, over the loopback; and over a line that is cut."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lines import line_to
from tiny import blobs

from acncodec.errors import OutputError
from acncodec.remote.address import Address
from acncodec.remote.arrays import open_remote
from acncodec.remote.output import atomic_object
from acncodec.remote.reading import fetch, open_address

AT = Address("s3://sets/some/a.acn")
CONTENT = bytes(range(256)) * 2000


def test_an_object_is_written_and_read(s3: Any, tmp_path: Path) -> None:
    with atomic_object(AT, False) as file:
        file.write(CONTENT)
        file.flush()
        assert s3.keys() == {}
    assert s3.get("some/a.acn") == CONTENT
    with open_address(AT) as back:
        back.seek(1000)
        assert back.read(300) == CONTENT[1000:1300]
    assert fetch(AT, tmp_path).read_bytes() == CONTENT
    with pytest.raises(OutputError, match="exists; use -f"), atomic_object(AT, False):
        raise AssertionError("it was begun")
    with atomic_object(AT, True) as file:
        file.write(b"other")
    assert s3.get("some/a.acn") == b"other"


def test_images_are_read_in_pieces(s3: Any) -> None:
    images, file = blobs(30, 3)[:, 0], io.BytesIO()
    np.save(file, images)
    s3.put("a.npy", file.getvalue())
    data = open_remote(Address("s3://sets/a.npy"))
    assert data is not None
    assert np.array_equal(data.take(slice(10, 20))[:, 0], images[10:20])


def test_a_folder_is_copied(s3: Any, tmp_path: Path) -> None:
    s3.put("pictures/", b"")
    s3.put("pictures/cats/1.png", b"one")
    s3.put("pictures/2.png", b"two")
    folder = fetch(Address("s3://sets/pictures/"), tmp_path)
    found = {path.name: path.read_bytes() for path in folder.rglob("*.png")}
    assert found == {"1.png": b"one", "2.png": b"two"}


def test_a_line_that_is_cut_leaves_no_object(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with line_to(s3.host, s3.port, most=100_000) as line:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{line.port}")
        monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
        with (
            pytest.raises(OutputError, match="cannot be written"),
            atomic_object(AT, False) as file,
        ):
            file.write(CONTENT)
    assert s3.keys() == {}


def test_what_someone_wrote_meanwhile_stays(s3: Any) -> None:
    def overtaken() -> None:
        with atomic_object(AT, False) as file:
            file.write(CONTENT)
            s3.put("some/a.acn", b"someone's")

    with pytest.raises(OutputError, match="exists"):
        overtaken()
    assert s3.keys() == {"some/a.acn": 9}
