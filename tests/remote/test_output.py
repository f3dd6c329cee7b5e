"""What is written to an address is whole or not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from acncodec.errors import OutputError
from acncodec.remote.address import Address
from acncodec.remote.output import atomic_object, check_object

AT = Address("memory://sets/a.acn")
CONTENT = b"all of it" * 1000


def there(memory: Any) -> dict[str, bytes]:
    return {path: memory.cat_file(path) for path in memory.find("/")}


def write(force: bool = False, content: bytes = CONTENT) -> None:
    with atomic_object(AT, force) as file:
        file.write(content)
        assert Path(file.name).exists()


def test_it_is_there_when_the_block_ends_and_not_before(memory: Any) -> None:
    with atomic_object(AT, False) as file:
        file.write(CONTENT)
        file.flush()
        assert there(memory) == {}
    assert there(memory) == {"/sets/a.acn": CONTENT}


def test_nothing_is_there_when_the_block_fails(memory: Any) -> None:
    def fail(error: type[BaseException]) -> None:
        with atomic_object(AT, False) as file:
            file.write(CONTENT)
            raise error

    for error in (ValueError, KeyboardInterrupt):
        with pytest.raises(error):
            fail(error)
    assert there(memory) == {}


def test_what_is_there_stays_unless_it_is_forced(memory: Any) -> None:
    write()
    for refuse in (lambda: check_object(AT, False), write):
        with pytest.raises(OutputError, match="exists; use -f"):
            refuse()
    check_object(AT, True)
    write(force=True, content=b"other")
    assert there(memory) == {"/sets/a.acn": b"other"}


def test_what_came_meanwhile_stays(memory: Any) -> None:
    def overtaken() -> None:
        with atomic_object(AT, False) as file:
            file.write(CONTENT)
            memory.pipe_file("/sets/a.acn", b"someone's")

    with pytest.raises(OutputError, match="exists"):
        overtaken()
    assert there(memory) == {"/sets/a.acn": b"someone's"}


@pytest.mark.parametrize("force", [False, True])
def test_a_transfer_that_breaks_leaves_what_was_there(
    memory: Any, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    if force:
        memory.pipe_file("/sets/a.acn", b"before")
    before = there(memory)

    def breaking(self: Any, local: str, remote: str, **_named: object) -> None:
        self.pipe_file(remote, Path(local).read_bytes()[:100])
        raise ConnectionResetError("the line is cut")

    monkeypatch.setattr(type(memory), "put_file", breaking)
    with pytest.raises(OutputError, match=r"a\.acn: cannot be written: the line is cut"):
        write(force)
    assert there(memory) == before


def test_what_arrives_in_part_is_removed(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def losing(self: Any, local: str, remote: str, **_named: object) -> None:
        self.pipe_file(remote, Path(local).read_bytes()[:100])

    monkeypatch.setattr(type(memory), "put_file", losing)
    with pytest.raises(OutputError, match="100 of 9,000 bytes have arrived"):
        write()
    assert there(memory) == {}


def test_a_folder_and_nothing_are_no_files(memory: Any) -> None:
    memory.pipe_file("/sets/inner/a", b"-")
    with pytest.raises(OutputError, match="is a folder"):
        check_object(Address("memory://sets/inner"), True)
    with pytest.raises(OutputError, match="names no file"):
        check_object(Address("memory://"), True)
