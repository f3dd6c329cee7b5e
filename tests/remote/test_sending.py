"""Large objects go to S3 in parts: whole, or not at all, and then no part is left there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lines import line_to

from acncodec.errors import OutputError
from acncodec.remote import sending
from acncodec.remote.address import Address, store_of
from acncodec.remote.output import atomic_object

AT = Address("s3://sets/some/large.acn")
PART = 5 << 20
"""The least that S3 takes."""
CONTENT = np.random.default_rng(1).bytes(2 * PART + 1000)


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PART_BYTES", PART)


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch, s3: Any) -> Callable[[int], None]:
    """Has S3 asked at another port, each request once."""
    import s3fs

    def through(port: int) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
        monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)

    return through


def write(force: bool = False) -> None:
    with atomic_object(AT, force) as file:
        file.write(CONTENT)


def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the requests that are made from now on."""
    import s3fs

    made: list[str] = []
    call = s3fs.S3FileSystem._call_s3

    async def noted(self: Any, method: str, *rest: Any, **named: Any) -> Any:
        made.append(method)
        return await call(self, method, *rest, **named)

    monkeypatch.setattr(s3fs.S3FileSystem, "_call_s3", noted)
    monkeypatch.setattr(s3fs.S3FileSystem, "call_s3", s3fs.core.sync_wrapper(noted))
    return made


@pytest.mark.parametrize("force", [False, True])
def test_it_arrives_in_parts_and_whole(
    s3: Any, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    if force:
        s3.put("some/large.acn", b"before")
    made = calls(monkeypatch)
    write(force)
    assert made.count("upload_part") == 3 and made.count("put_object") == 0
    assert s3.get("some/large.acn") == CONTENT and s3.unfinished() == []


def test_what_someone_wrote_while_parts_were_sent_stays(s3: Any, tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_bytes(CONTENT)
    s3.put("some/large.acn", b"someone's")
    with pytest.raises(Exception, match="pre-conditions"):
        sending.send(AT, store_of(AT), source, only_new=True)
    assert s3.get("some/large.acn") == b"someone's" and s3.unfinished() == []


def test_large_requests_that_are_cut_leave_no_object_and_no_part(
    s3: Any, through: Callable[[int], None]
) -> None:
    with line_to(s3.host, s3.port, most=PART + PART // 2, spared=4096) as line:
        through(line.port)
        with pytest.raises(OutputError, match="cannot be written"):
            write()
        assert line.sent > PART + PART // 2
    assert s3.keys() == {} and s3.unfinished() == []


def test_where_the_line_stays_cut_it_is_said_that_parts_may_be_left(
    s3: Any, through: Callable[[int], None]
) -> None:
    with line_to(s3.host, s3.port, most=PART + PART // 2) as line:
        through(line.port)
        with pytest.raises(OutputError, match="until that upload is aborted"):
            write()
    assert s3.keys() == {} and s3.unfinished() == ["some/large.acn"]


def test_ctrl_c_leaves_no_object_and_no_part(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    upload = s3fs.core.S3File._upload_chunk

    def interrupted(self: Any, final: bool = False) -> Any:
        if self.parts:
            raise KeyboardInterrupt
        return upload(self, final)

    monkeypatch.setattr(s3fs.core.S3File, "_upload_chunk", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write()
    assert s3.keys() == {} and s3.unfinished() == []
