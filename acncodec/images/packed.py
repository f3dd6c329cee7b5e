"""Zip and tar files of pictures: unpacked to a temporary folder, and read as one.

No name in such a file leads anywhere but into that folder, no link is made or followed, and what is
unpacked is counted as it comes, whatever the file says of its size.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import math
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

import numpy as np

from acncodec.errors import DataError
from acncodec.images.companions import companion_arrays, name_beside
from acncodec.images.folder import open_folder
from acncodec.images.formats.npz import MAX_ARRAYS
from acncodec.images.formats.picture import HEAD_BYTES
from acncodec.images.formats.pictures import SUFFIXES, find_format
from acncodec.images.members import count_in_tar, count_in_zip
from acncodec.images.pictures import ALONE, Pictures
from acncodec.images.reading import MAX_BYTES, check_total
from acncodec.images.tree import MAX_ENTRIES, skipped_by

MAX_MEMBERS: Final = MAX_ENTRIES
"""As of a folder."""
LOOKED_AT: Final = MAX_MEMBERS << 10
"""So many bytes of a packed tar are looked at before any member is unpacked: too many small ones
are refused at once. Larger ones are counted as they come."""
MAX_COMPANION: Final = 1 << 20
"""Bytes of a member beside pictures that is kept."""
_CHUNK: Final = 1 << 20
_STRANGERS: Final = {"__MACOSX", "Thumbs.db", "desktop.ini"}
"""What systems and zip tools add; so do they add names that begin with a dot."""
_USTAR = (257, b"ustar")
_OPENERS: Final[tuple[tuple[bytes, Callable[..., Any]], ...]] = (
    (b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open),
)  # fmt: skip
_BAD = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error, EOFError,
    NotImplementedError, OSError, OverflowError, RuntimeError, UnicodeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A file in a zip or tar: its name, and what opens it; or why it cannot be taken."""

    name: str
    content: Any
    problem: str = ""


@contextmanager
def unpacked(
    file: IO[bytes],
    skip: Collection[str] = (),
    lossy: bool = False,
    *,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Pictures | None]:
    """The pictures of a file as a folder that is there meanwhile, or None if it is no zip or tar of
    pictures, or a zip with an .npy; then it stands at its start.

    Files beside pictures that have their names but for what follows the first dot, as `0001.cls`
    and `0001.json` of WebDataset's shards beside `0001.png`, are arrays by what follows it.

    Args:
        file: seekable; stands at its start.
        skip: names of such arrays that are not wanted, for each of which an empty one stands; and
            of members, or folders of members, that are not unpacked.
        lossy: take the pixels of JPEG and lossy WebP files too.
        max_bytes: the most that may be unpacked.

    Raises:
        DataError: a member that is a link or a device, or has a name that leads elsewhere; one that
            is corrupt; too much in all; and as `open_folder` does.
    """
    members = _members(file)
    if members is None:
        file.seek(0)
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="acncodec-") as name:
        try:
            kept = _unpack(members, Path(name), skip, max_bytes)
            found = None if kept is None else _pictures(Path(name), *kept, skip, lossy)
        except _BAD as error:
            cause = str(error) or type(error).__name__
            raise DataError(f"corrupt or unreadable zip or tar: {cause}") from error
        if found is None:
            file.seek(0)
        yield found


def _pictures(
    path: Path, others: dict[str, bytes], warnings: tuple[str, ...], skipped: frozenset[str],
    skip: Collection[str], lossy: bool,
) -> Pictures:  # fmt: skip
    """The pictures in a folder, and the arrays of what lay beside them."""
    folder = replace(open_folder(path, lossy), skipped=skipped)
    arrays, more = companion_arrays({ALONE: np.empty(0), **folder.side()}, others, skip)
    after = {name: array for name, array in arrays.items() if name != ALONE}
    return Pictures(folder, after=after, warnings=(*folder.warnings, *more, *warnings))


def _unpack(
    members: Iterator[Member], folder: Path, skip: Collection[str], max_bytes: int
) -> tuple[dict[str, bytes], tuple[str, ...], frozenset[str]] | None:
    """Write the pictures to `folder`, but for those that `skip` names. What lies beside the others
    by name, warnings, and which names are those of members; None if there is no picture."""
    skipped: set[str] = set()
    gone: set[str] = set()
    others: dict[str, bytes] = {}
    names: set[str] = set()
    strangers, large, total, pictures = 0, 0, 0, 0
    for count, member in enumerate(members):
        _check_count(count + 1, MAX_MEMBERS)
        path = PurePosixPath(member.name)
        if (name := skipped_by(str(path), skip)) is not None:
            skipped.add(name)
            if path.suffix.lower() in SUFFIXES:
                gone.add(name_beside(str(path)))
            continue
        if any(map(_is_strange, path.parts)):
            strangers += 1
            continue
        if member.problem:
            raise DataError(f"{member.name!r} {member.problem}")
        _check_name(member.name, names)
        with member.content() as stream:
            head = stream.read(HEAD_BYTES)
            if find_format(head) is None and path.suffix.lower() not in SUFFIXES:
                content = head + stream.read(MAX_COMPANION + 1 - len(head))
                total += len(content)
                check_total(total, max_bytes)
                if len(content) > MAX_COMPANION:
                    large += 1
                else:
                    others[str(path)] = content
                continue
            pictures += 1
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as out:
                chunk = head
                while chunk:
                    total += len(chunk)
                    check_total(total, max_bytes)
                    out.write(chunk)
                    chunk = stream.read(_CHUNK)
    if not pictures:
        return None
    warnings = []
    if strangers:
        warnings.append(f"{strangers} hidden members and those of zip tools are left out")
    if large:
        warnings.append(f"{large} members that are no pictures take over 1 MiB, and are left out")
    beside = {name: one for name, one in others.items() if name_beside(name) not in gone}
    return beside, tuple(warnings), frozenset(skipped)


def _is_strange(part: str) -> bool:
    """Whether a part of a name is hidden, or one that systems and zip tools add."""
    return (part.startswith(".") and part != "..") or part in _STRANGERS


def _check_name(name: str, names: set[str]) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise DataError(f"{name!r} is a name that leads out of the folder; nothing is unpacked")
    if str(path) in names:
        raise DataError(f"{name!r} is there twice")
    names.add(str(path))


def _members(file: IO[bytes]) -> Iterator[Member] | None:
    """The members of a zip or tar but its folders, or None. Raises `DataError` for too many."""
    start = file.read(512)
    file.seek(0)
    if start.startswith(b"PK"):
        count = count_in_zip(file, MAX_ARRAYS)
        _check_count(count, MAX_ARRAYS)
        try:
            archive = zipfile.ZipFile(file)
        except _BAD:
            return None
        if any(name.endswith(".npy") for name in archive.namelist()):
            return None
        _check_count(count, MAX_MEMBERS)
        return _zip_members(archive)
    for magic, opener in _OPENERS:
        if start.startswith(magic):
            try:
                with opener(file, "rb") as inflated:
                    if not _is_tar(inflated.read(512)):
                        return None
                    _check_tar(inflated, LOOKED_AT)
            except _BAD:
                return None
            return _tar_members(file)
    if not _is_tar(start):
        return None
    _check_tar(file)
    return _tar_members(file)


def _is_tar(start: bytes) -> bool:
    at, magic = _USTAR
    return start[at:].startswith(magic)


def _check_tar(stream: IO[bytes], nbytes: float = math.inf) -> None:
    """Refuse a tar of which the first bytes tell that it has too many members."""
    stream.seek(0)
    count = 0
    with suppress(*_BAD):  # which is told when it is unpacked
        count = count_in_tar(stream, MAX_MEMBERS, nbytes)
    _check_count(count, MAX_MEMBERS)


def _check_count(count: int, most: int) -> None:
    if count > most:
        raise DataError(f"it has more than {most:,} members; give them in parts")


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member]:
    for member in archive.infolist():
        kind = stat.S_IFMT(member.external_attr >> 16)
        if member.is_dir():
            continue
        problem = ""
        if kind not in (0, stat.S_IFREG):
            problem = "is a link or a device; unpack it yourself and give the folder"
        yield Member(member.filename, lambda member=member: archive.open(member), problem)


def _tar_members(file: IO[bytes]) -> Iterator[Member]:
    file.seek(0)
    with tarfile.open(fileobj=file, mode="r:*") as archive:
        for member in archive:
            if member.isdir():
                continue
            problem = ""
            if not member.isfile():
                problem = "is a link or a device; unpack it yourself and give the folder"
            yield Member(member.name, lambda member=member: archive.extractfile(member), problem)
