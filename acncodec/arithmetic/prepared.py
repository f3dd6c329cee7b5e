"""What is worked out from a value's fields: kept with the value, never part of a copy of it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any


class Prepared:
    """Base of frozen dataclasses that keep what they work out in `functools.cached_property`.

    A prepared engine belongs to the memory and to the processor that it was made for. So what is
    copied, pickled or sent to another process is the fields alone, and the copy prepares itself
    when it is used. Where two threads ask at once, both may work it out (Python 3.12 has no lock
    there any more): to the same integers, and each holds what it got.
    """

    def __getstate__(self) -> dict[str, Any]:
        # A Protocol of dataclasses is not to be had before Python 3.13's typeshed.
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
