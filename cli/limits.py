"""How long an archive takes, and archives that ask for more than they are worth: what is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from .places import Place
from .session import AnyFunction, notice, warn

if TYPE_CHECKING:
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


def tell_time(source: Place, what: str, seconds: float) -> None:
    """Say on standard error how long something will take, if that is long."""
    if seconds > LONG_SECONDS:
        notice(f"{source}: {what} takes about {duration(seconds)}")


def warn_of_excess(target: Place, written: Path, models: Sequence[FrozenModel]) -> None:
    """Warn where `written`, which will be `target`, is an archive that readers refuse unasked."""
    from acncodec.codec import Reader
    from acncodec.codec.demand import demand_of, excess

    with Reader(written, models) as archive:
        nbytes = written.stat().st_size
        cause = excess(demand_of(archive.header, nbytes, archive.models))
    if cause is not None:
        warn(f"{target}: decompress will refuse it without --allow-large: {cause}")
