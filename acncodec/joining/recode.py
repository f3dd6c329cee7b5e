"""Parts of a set of one shape, of which some have images that are stored or inverted, and others
none: those others are decoded, and coded as the first are. An image of a mixed set has its class
among its bytes (docs/FORMAT.md, 3.1), so that another digest lies at the bottom of its stack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from acncodec.codec.compress_mixed import compress_mixed
from acncodec.codec.options import CompressOptions
from acncodec.codec.reader import Reader
from acncodec.container import MixedHeader
from acncodec.errors import JoinError
from acncodec.images import DataSet
from acncodec.images.stored_mixed import OneClass
from acncodec.joining.part import Options
from acncodec.joining.parts import PartFile, read_part
from acncodec.models.frozen import FrozenModel
from acncodec.run.settings import Run


def to_recode(parts: Sequence[PartFile]) -> list[PartFile]:
    """The parts that must be coded anew."""
    mixed = [part for part in parts if isinstance(part.header, MixedHeader)]
    return [part for part in parts if part not in mixed] if mixed else []


def recoded(part: PartFile, models: Sequence[FrozenModel], run: Run, path: Path) -> PartFile:
    """A part as one of a mixed set, which is written to `path`, a new file.

    models: those that images may be coded by, that of the part among them. Raises as `Reader` and
    `compress_mixed` do.
    """
    with Reader(part.path, models, run) as archive:
        data = archive.read()
    if not isinstance(data, DataSet):
        raise JoinError("it is no set of one shape")
    options = _options(part, run)
    with path.open("xb") as file:
        file.write(compress_mixed(OneClass(data), models, options, run.progress).data)
    return read_part(path, part.name)


def _options(part: PartFile, run: Run) -> CompressOptions:
    """Those by which a part was compressed."""
    header, asked = part.header, part.part.options
    return CompressOptions(
        header.order, _text(asked, "ordering", "auto"), header.coder, run.threads, run.batch,
        alpha=_number(asked, "alpha"), kernel=_number(asked, "kernel"),
        shard_size=_number(asked, "shard-size"), solver=_text(asked, "solver", "improved"),
        device=run.device, embed=bool(header.embedded), allow_large=run.allow_large, part=True,
    )  # fmt: skip


def _text(options: Options, name: str, usual: str) -> str:
    value = options.get(name, usual)
    return value if isinstance(value, str) else usual


def _number(options: Options, name: str) -> int | None:
    value = options.get(name)
    return value if isinstance(value, int) else None
