"""Getting the files of a data set: from the network or a folder, each checked by its digest."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import os
import shutil
import tarfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from acncodec.data.catalogue import Bundle, DataSource, RemoteFile
from acncodec.errors import DataError

CHUNK = 1 << 16
TIMEOUT_SECONDS = 60.0

Progress = Callable[[str, float], None]


def gather(
    source: DataSource, scratch: Path, origin: Path | None, progress: Progress | None
) -> tuple[str, ...]:
    """Put all files of `source` into `scratch`, checked; the names of those that `origin` lacks.

    Raises `DataError` when one cannot be had from the network, cannot be read, or has another
    digest.
    """
    tell = progress or (lambda _name, _share: None)
    if origin is None and source.by_hand:
        names = ", ".join(file.name for file in source.files)
        raise DataError(
            f"{source.name} is handed out to people alone: get {names} at {source.url}, and give "
            "their folder as --from"
        )
    if origin is None:
        _download(source, scratch, tell)
        return ()
    missing = [file for file in source.files if not _take(file, source, origin, scratch, tell)]
    if missing and source.bundle is not None and (origin / source.bundle.file.name).is_file():
        copy_checked(source.bundle.file, origin / source.bundle.file.name, scratch, tell)
        _unbundle(source.bundle, missing, scratch)
        missing = []
    return tuple(file.name for file in missing)


def _download(source: DataSource, scratch: Path, tell: Progress) -> None:
    if source.bundle is not None:
        _fetch(source.bundle.file, source, scratch, tell)
        _unbundle(source.bundle, source.files, scratch)
        return
    for file in source.files:
        _fetch(file, source, scratch, tell)


def _take(
    file: RemoteFile, source: DataSource, origin: Path, scratch: Path, tell: Progress
) -> bool:
    """Copy one file from `origin`, as it is or unpacked. False where it is not there."""
    folders = [origin, *([origin / source.bundle.folder] if source.bundle else [])]
    for folder in folders:
        if (folder / file.name).is_file():
            copy_checked(file, folder / file.name, scratch, tell)
            return True
    unpacked = origin / file.name.removesuffix(".gz")
    if file.is_gzipped and unpacked.is_file():
        with _reading(unpacked) as stream:
            content = stream.read(file.content_bytes + 1)
        (scratch / file.name).write_bytes(gzip.compress(content, mtime=0))
        check_digest(file, scratch / file.name)
        return True
    if file.folder and (origin / file.folder).is_dir():
        try:
            shutil.copytree(origin / file.folder, scratch / file.name)
        except (shutil.Error, PermissionError) as error:
            raise DataError(f"{origin / file.folder}: cannot be read ({error})") from error
        return True
    return False


def _fetch(file: RemoteFile, source: DataSource, scratch: Path, tell: Progress) -> None:
    url = file.url or source.url + file.name
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:
            _copy(response, file, scratch, tell)
    except urllib.error.URLError as error:
        raise DataError(
            f"{url}: {error.reason} (files already on disk: give their folder as --from)"
        ) from error
    except http.client.HTTPException as error:
        raise DataError(f"{url}: the download broke off ({error!r})") from error
    except (TimeoutError, ConnectionError) as error:
        raise DataError(f"{url}: {error.strerror or error}") from error
    check_digest(file, scratch / file.name)


def copy_checked(file: RemoteFile, path: Path, scratch: Path, tell: Progress) -> None:
    """Copy `path` into `scratch` under the name of `file`. Raises `DataError` if it is another."""
    with _reading(path) as stream:
        _copy(stream, file, scratch, tell)
    check_digest(file, scratch / file.name)


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("rb") as stream:
            yield stream
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise DataError(f"{path}: {error.strerror or error}") from error


def _copy(stream: IO[bytes], file: RemoteFile, scratch: Path, tell: Progress) -> None:
    """Copy at most `file.limit` bytes, telling the share of that limit."""
    total = 0
    with (scratch / file.name).open("wb") as copy:
        while chunk := stream.read(CHUNK):
            total += len(chunk)
            if total > file.limit:
                raise DataError(f"{file.name}: larger than it can be ({file.limit} bytes)")
            copy.write(chunk)
            tell(file.name, total / file.limit)
        copy.flush()
        os.fsync(copy.fileno())
    tell(file.name, 1.0)


def check_digest(file: RemoteFile, path: Path) -> None:
    """Raise `DataError` unless the content of `path`, unpacked if gzipped, is that of `file`."""
    kind, _, wanted = file.digest.partition(":")
    digest = hashlib.new(kind, usedforsecurity=False)
    left = file.content_bytes + 1
    try:
        with gzip.open(path) if file.is_gzipped else path.open("rb") as stream:
            while left and (chunk := stream.read(min(CHUNK, left))):
                digest.update(chunk)
                left -= len(chunk)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{file.name}: not a whole gzip file ({error})") from error
    if digest.hexdigest() != wanted:
        what = f"the {kind.upper()} of the {'unpacked ' if file.is_gzipped else ''}file"
        raise DataError(f"{file.name}: {what} is {digest.hexdigest()}, not {wanted}")


def _unbundle(bundle: Bundle, files: Sequence[RemoteFile], scratch: Path) -> None:
    """Take some files out of a bundle in `scratch`, and throw it away."""
    path = scratch / bundle.file.name
    try:
        with tarfile.open(path, "r:gz") as tar:
            for file in files:
                member = tar.extractfile(f"{bundle.folder}/{file.name}")
                if member is None:
                    raise DataError(f"{bundle.file.name}: {file.name} is no file in it")
                with member:
                    _copy(member, file, scratch, lambda _name, _share: None)
                check_digest(file, scratch / file.name)
    except (tarfile.TarError, KeyError, EOFError, zlib.error) as error:
        raise DataError(f"{bundle.file.name}: cannot be unpacked ({error})") from error
    path.unlink()
