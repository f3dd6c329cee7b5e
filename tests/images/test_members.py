"""Members are counted without being looked at, as far as they matter."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from crowded import crowded_tar, crowded_zip

from acncodec.images.members import count_in_tar, count_in_zip

COUNTS = [0, 1, 7]
MILLION = 1_000_000


def zipped(count: int, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for at in range(count):
            archive.writestr(f"{at}.png", b"x" * at)
        archive.comment = comment
    return out.getvalue()


def tarred(names: list[str], size: int = 700, form: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = size, 0.5
            archive.addfile(info, io.BytesIO(bytes(size)))
    return out.getvalue()


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("comment", [b"", b"a comment", b"PK" * 30_000])
def test_members_of_a_zip(count: int, comment: bytes) -> None:
    assert count_in_zip(io.BytesIO(zipped(count, comment)), 100) == count


@pytest.mark.parametrize("wide", [False, True])
def test_a_crowded_zip_a_million_is_counted_no_further_than_it_matters(wide: bool) -> None:
    file = io.BytesIO(crowded_zip(MILLION, wide=wide))
    assert count_in_zip(file, MILLION) == MILLION
    assert 1000 < count_in_zip(file, 1000) < MILLION // 10


def test_libraries_find_the_same_directory() -> None:
    for wide in (False, True):
        with zipfile.ZipFile(io.BytesIO(crowded_zip(1000, wide=wide))) as archive:
            assert len(archive.infolist()) == 1000


@pytest.mark.parametrize(
    "data", [b"", b"PK\3\4", b"PK\5\6", zipped(3)[:-5], b"PK\5\6" + b"\xff" * 18, zipped(2)[-30:]]
)
def test_what_has_no_directory_has_no_member(data: bytes) -> None:
    assert count_in_zip(io.BytesIO(data), 100) == 0


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_members_of_a_tar(count: int, form: int) -> None:
    file = io.BytesIO(tarred([f"{at}.png" for at in range(count)], form=form))
    assert count_in_tar(file, 100) == count


def test_long_names_are_no_members_and_folders_and_links_are() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.REGTYPE):
            info = tarfile.TarInfo("a" * 200)
            info.type, info.linkname = kind, "b" * 200
            archive.addfile(info)
    assert count_in_tar(out, 100, 0) == 0
    assert count_in_tar(out, 100) == 3


def test_a_tar_is_looked_at_no_further_than_is_asked() -> None:
    assert count_in_tar(io.BytesIO(crowded_tar(10_000)), 5000) == 5001
    file = io.BytesIO(tarred(["a"] * 9))
    assert count_in_tar(file, 100, 3 * (512 + 1024)) == 3
    assert count_in_tar(io.BytesIO(tarred(["a"] * 9)[: 512 * 4]), 100) == 2


@pytest.mark.parametrize("field", [slice(124, 136), slice(257, 262), slice(156, 157)])
def test_what_is_not_understood_ends_the_count(field: slice) -> None:
    data = bytearray(tarred(["a", "b"]))
    data[512 + 1024 + field.start : 512 + 1024 + field.stop] = b"?" * (field.stop - field.start)
    assert count_in_tar(io.BytesIO(bytes(data)), 100) == (2 if field.start == 124 else 1)


def test_a_size_below_nothing_leads_nowhere() -> None:
    data = bytearray(tarred(["a", "b"]))
    data[124:136] = b"-0000001000\0"
    assert count_in_tar(io.BytesIO(bytes(data)), 100) == 1
