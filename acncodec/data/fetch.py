"""Fetching a data set: download or copy, check the digests, binarise."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import io
import os
import tempfile
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from acncodec.data.catalogue import DataSource, RemoteFile, Split
from acncodec.errors import DataError, OutputError
from acncodec.images.binarise import binarise

CHUNK = 1 << 16
TIMEOUT_SECONDS = 60.0

Progress = Callable[[str, float], None]


def fetch(
    source: DataSource,
    folder: Path,
    *,
    origin: Path | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Put the files of `source` into `folder`, with their binarised splits.

    The files come from `source.url`, or from the local folder `origin`. Every file is checked
    before anything is put in place. Returns the paths written.

    Raises:
        DataError: a file cannot be had, or its unpacked content has another digest.
        OutputError: a file exists already (without `force`), or cannot be written.
    """
    targets = [folder / file.name for file in source.files]
    targets += [folder / split.output for split in source.splits]
    for target in targets:
        if target.exists() and not (force and target.is_file()):
            raise OutputError(f"{target}: exists; use -f to overwrite it")
    if origin is not None and folder.exists() and origin.resolve() == folder.resolve():
        raise OutputError(f"{folder}: the files would be copied onto themselves")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as scratch:
            _gather(source, Path(scratch), origin, progress)
            for target in targets:
                (Path(scratch) / target.name).replace(target)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror or error}") from error
    return tuple(targets)


def _gather(
    source: DataSource, scratch: Path, origin: Path | None, progress: Progress | None
) -> None:
    """Fill `scratch` with the checked files and the splits drawn from them."""
    content: dict[str, bytes] = {}
    for file in source.files:
        with _opened(source, file, origin) as stream, (scratch / file.name).open("wb") as copy:
            for done in _copy_capped(stream, copy, file):
                if progress is not None:
                    progress(file.name, done)
            copy.flush()
            os.fsync(copy.fileno())
        content[file.name] = _unpack(scratch / file.name, file)
    for split in source.splits:
        _write_split(split, content, scratch / split.output)


@contextmanager
def _opened(source: DataSource, file: RemoteFile, origin: Path | None) -> Iterator[BinaryIO]:
    """The packed bytes of `file`. Raises `DataError` if they cannot be read."""
    place = source.url + file.name if origin is None else str(origin / file.name)
    try:
        if origin is not None:
            with (origin / file.name).open("rb") as stream:
                yield stream
        else:
            with urllib.request.urlopen(place, timeout=TIMEOUT_SECONDS) as response:
                yield response
    except urllib.error.URLError as error:
        raise DataError(
            f"{place}: {error.reason} (files already on disk: give their folder as --from)"
        ) from error
    except http.client.HTTPException as error:
        raise DataError(f"{place}: the download broke off ({error!r})") from error
    except (
        FileNotFoundError,
        IsADirectoryError,
        PermissionError,
        TimeoutError,
        ConnectionError,
    ) as error:
        raise DataError(f"{place}: {error.strerror or error}") from error


def _copy_capped(stream: BinaryIO, copy: BinaryIO, file: RemoteFile) -> Iterator[float]:
    """Copy at most `file.packed_limit` bytes, yielding the fraction of that limit done."""
    total = 0
    while chunk := stream.read(CHUNK):
        total += len(chunk)
        if total > file.packed_limit:
            raise DataError(f"{file.name}: larger than it can be ({file.packed_limit} bytes)")
        copy.write(chunk)
        yield total / file.packed_limit
    yield 1.0


def _unpack(path: Path, file: RemoteFile) -> bytes:
    """The unpacked content of `file` at `path`. Raises `DataError` unless it is the right one."""
    try:
        with gzip.open(path) as unpacked:
            content = unpacked.read(file.unpacked_bytes + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{file.name}: not a whole gzip file ({error})") from error
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if digest != file.md5_unpacked:
        raise DataError(
            f"{file.name}: the MD5 of the unpacked file is {digest}, not {file.md5_unpacked}"
        )
    return content


def _idx(content: bytes, name: str) -> NDArray[np.uint8]:
    """The uint8 array in an IDX file: magic 0 0 8 D, then D big-endian sizes, then the bytes."""
    dimensions = content[3] if content[:3] == b"\0\0\x08" and len(content) > 3 else 0
    start = 4 + 4 * dimensions
    shape = tuple(np.frombuffer(content[4:start], ">u4").tolist()) if dimensions else ()
    if not dimensions or len(shape) != dimensions or int(np.prod(shape)) != len(content) - start:
        raise DataError(f"{name}: not an IDX file of bytes")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _write_split(split: Split, content: dict[str, bytes], path: Path) -> None:
    images = _idx(content[split.images], split.images)
    labels = _idx(content[split.labels], split.labels)
    if len(images) != len(labels):
        raise DataError(f"{split.images}: {len(images)} images, but {len(labels)} labels")
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=binarise(images, split.seed), y=labels)
    with path.open("wb") as file:
        file.write(buffer.getvalue())
        file.flush()
        os.fsync(file.fileno())
