"""How long an archive takes, and archives that ask for more than they are worth: what is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from .session import AnyFunction, notice, warn

if TYPE_CHECKING:
    from acncodec.container import AnyHeader
    from acncodec.demand import Demand
    from acncodec.models.frozen import FrozenModel

LONG_SECONDS: Final = 10.0
"""What takes longer is announced."""


def allow_large_option(text: str) -> Callable[[AnyFunction], AnyFunction]:
    """`--allow-large`."""
    return click.option("--allow-large", is_flag=True, help=text)


READING: Final = (
    "Decode also what a short file should not ask for: an image of over 67 million pixels, or more"
    " images, or more time to decode them, than its bytes are worth."
)


def duration(seconds: float) -> str:
    """`45 s`, `3 minutes`, `2.5 hours`: of something that is known about."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"


def tell_time(source: Path, what: str, seconds: float) -> None:
    """Say on standard error how long something will take, if that is long."""
    if seconds > LONG_SECONDS:
        notice(f"{source}: {what} takes about {duration(seconds)}")


def rows_demand(
    header: AnyHeader, file_bytes: int, models: Sequence[FrozenModel],
    rows: tuple[int | None, int | None] | None,
) -> Demand:  # fmt: skip
    """What reading some images of an archive, or all, asks for. Raises `DataError` where there are
    none such."""
    from acncodec.codec.ranges import within
    from acncodec.demand import demand_of, shards_with

    shards = None if rows is None else shards_with(header, *within(*rows, header.count))
    return demand_of(header, file_bytes, models, shards)


def warn_of_excess(target: Path, written: Path, models: Sequence[FrozenModel]) -> None:
    """Warn where `written`, which will be `target`, is an archive that readers refuse unasked."""
    from acncodec.codec import wanted_models
    from acncodec.container import read_header
    from acncodec.demand import demand_of, excess

    info = read_header(written)
    by_id = {model.model_id: model for model in models}
    needed = [by_id[one.model_id] for one in wanted_models(info.header)]
    cause = excess(demand_of(info.header, info.file_bytes, needed))
    if cause is not None:
        warn(f"{target}: decompress will refuse it without --allow-large: {cause}")
