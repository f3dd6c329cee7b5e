"""Pictures that are known and refused: the message says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from acncodec.errors import DataError
from acncodec.images import load_dataset, load_folder

STARTS = {
    "JPEG XL": b"\xff\x0a" + bytes(30),
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\x0a",
    "AVIF or HEIC": b"\0\0\0\x1cftypavif",
    "PAM": b"P7\nWIDTH 1\n",
    "PFM": b"Pf\n1 1\n-1\n",
}


@pytest.mark.parametrize("name", STARTS)
def test_it_is_named_and_there_is_advice(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.bin").write_bytes(STARTS[name])
    with pytest.raises(DataError, match=f"'a.bin' .*is {name}, which we cannot take: ."):
        load_folder(tmp_path)
    with pytest.raises(DataError, match=rf"is one picture \({name}\); put it into a folder"):
        load_dataset(tmp_path / "a.bin")
