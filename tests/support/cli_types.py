"""What the command line tests share: an outcome, and the callable that gives one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """The exit status and what was written where."""

    code: int
    out: str
    err: str


Acn = Callable[..., Outcome]
