"""What to say when an optional package is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from acncodec.errors import MissingExtraError


@contextmanager
def from_extra(extra: str, package: str) -> Iterator[None]:
    """Around imports of an optional package. Raises `MissingExtraError` that names its extra."""
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(
            f"this needs {package}, which is not installed: pip install 'acncodec[{extra}]'"
        ) from error
