"""Sets compressed part by part, and joined again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import mixed_sets

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compress_mixed import code_assigned
from acncodec.codec.compress_set import compress_set
from acncodec.images import DataSet, DataSource
from acncodec.images.mixed_source import MixedSource
from acncodec.images.stored_mixed import OneClass
from acncodec.joining.cut import Share, cut
from acncodec.joining.join import Joined, join_parts
from acncodec.joining.parts import PartFile, in_order, read_part
from acncodec.models.frozen import FrozenModel


def whole_file(
    path: Path, data: DataSource | MixedSource, models: Sequence[FrozenModel], **options: object
) -> Path:
    """The archive of a set that is compressed at once; options: of `CompressOptions`."""
    with path.open("xb") as file:
        compress_set(data, models, CompressOptions(threads=1, **options), file)  # type: ignore[arg-type]
    return path


def part_files(
    folder: Path, data: DataSource | MixedSource, models: Sequence[FrozenModel], of: int,
    **options: object,
) -> list[Path]:  # fmt: skip
    """The archives of so many parts of a set."""
    asked = CompressOptions(threads=1, part=True, **options)  # type: ignore[arg-type]
    paths = []
    for number in range(1, of + 1):
        paths.append(folder / f"part-{number}-of-{of}.acn")
        with paths[-1].open("xb") as file:
            part = cut(data, Share(number, of), asked)
            compress_set(part, models, asked, file, whole=data)
    return paths


def part_read(path: Path) -> PartFile:
    """A part as it is read for joining."""
    return read_part(path, path)


def joined_file(path: Path, parts: Sequence[Path]) -> Joined:
    """Join parts to a file, in whichever order they are given."""
    with path.open("xb") as file:
        return join_parts(in_order([part_read(part) for part in parts]), file)


def unlike_parts(folder: Path, data: DataSet, model: FrozenModel, order: str) -> list[Path]:
    """Three parts, of which the second alone has images that are stored: the first half of it."""
    asked = CompressOptions(order, threads=1, part=True)
    paths = [folder / f"{number}.acn" for number in (1, 2, 3)]
    for number, path in enumerate(paths, 1):
        part = cut(data, Share(number, 3), asked)
        assert isinstance(part, DataSet)
        if number == 2:
            coded = code_assigned(OneClass(part), mixed_sets.halves, [model], asked)
            path.write_bytes(coded.data)
            continue
        with path.open("xb") as file:
            compress_dataset(part, model, asked, file)
    return paths
