"""All of an archive in one call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from acncodec.codec.decoder import Find, installed
from acncodec.codec.reader import Reader
from acncodec.codec.written import Data
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import USUAL, Run


def decompress_archive(
    source: Path | str | BinaryIO,
    models: FrozenModel | Sequence[FrozenModel] | Find = installed,
    run: Run = USUAL,
) -> Data:
    """The data set of an archive, checked against the digest inside.

    source: a path, or a seekable binary file; models: the one that the archive needs, those there
    are, or where to look for them; run: how to work. Raises as `Reader` does.
    """
    there = [models] if isinstance(models, FrozenModel) else models
    with Reader(source, there, run) as archive:
        return archive.read()
