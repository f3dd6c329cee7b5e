"""Fetching a data set: its files, checked, and the splits that are made of them."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from acncodec.data.catalogue import DataSource
from acncodec.data.obtain import Progress, gather
from acncodec.data.splits import Split
from acncodec.errors import DataError, OutputError, naming
from acncodec.images.formats.npz import save_arrays


@dataclass(frozen=True)
class Fetched:
    """What was written, and the names of files that were not there (with `partial`)."""

    paths: tuple[Path, ...]
    missing: tuple[str, ...] = ()


def fetch(
    source: DataSource,
    folder: Path,
    *,
    origin: Path | None = None,
    partial: bool = False,
    force: bool = False,
    progress: Progress | None = None,
) -> Fetched:
    """Put what is made of the files of `source` into `folder`, and those files if it keeps them.

    The files come from their public addresses, or from the local folder `origin`, where they may
    lie as they are published or unpacked. Every file is checked before anything is put in place.

    Args:
        source: of the catalogue.
        folder: made, if it is not there.
        origin: a folder in place of the network.
        partial: take what `origin` has, if it lacks some of the files.
        force: write over files that exist.
        progress: told the name of each file and the share of it that is there.

    Raises:
        DataError: a file cannot be had, or its content has another digest.
        OutputError: a file exists already (without `force`), or cannot be written.
    """
    names = [file.name for file in source.files] if source.keep else []
    names += [split.output for split in source.splits]
    for target in (folder / name for name in names):
        if target.exists() and not (force and target.is_file()):
            raise OutputError(f"{target}: exists; use -f to overwrite it")
    if origin is not None and folder.exists() and origin.resolve() == folder.resolve():
        raise OutputError(f"{folder}: the files would be copied onto themselves")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as name:
            scratch = Path(name)
            missing = gather(source, scratch, origin, progress)
            _check_missing(source, missing, origin, partial)
            for split in source.splits:
                found = [(scratch / file).exists() for file in split.files]
                if all(found) or (any(found) and not split.needs_all):
                    _write(split, scratch)
            there = [name for name in names if (scratch / name).exists()]
            for name in there:
                (scratch / name).replace(folder / name)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror or error}") from error
    return Fetched(tuple(folder / name for name in there), missing)


def _check_missing(
    source: DataSource, missing: tuple[str, ...], origin: Path | None, partial: bool
) -> None:
    left = len(source.files) - len(missing)
    if not missing or (partial and left):
        return
    advice = f"; with --partial the other {left} are taken" if left else ""
    raise DataError(f"{origin}: there is no {', no '.join(missing)}{advice}")


def _write(split: Split, scratch: Path) -> None:
    with naming(Path(split.output)):
        arrays = split.arrays(scratch)
    with (scratch / split.output).open("wb") as file:
        save_arrays(file, arrays.items(), compressed=arrays["x"].ndim == 3)
        file.flush()
        os.fsync(file.fileno())
