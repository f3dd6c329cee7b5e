"""What is fed with spoiled inputs, and what may come of it.

A check returns `exact` (the original came back) or `other` (another valid input of its kind came
out of it, where no checksum says that it is another), or raises. It raises `WrongOutputError`
when something came back that must not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fuzzing.mutations import Mutations

EXACT, OTHER = "exact", "other"
Check = Callable[[bytes, int, bool], str]


class WrongOutputError(Exception):
    """A spoiled input was accepted, and gave what was never put in."""


@dataclass(frozen=True)
class Target:
    """`check(data, seed, repaired)`: `seed` is the number of the seed that was spoiled, and
    `repaired` whether its checksums are right again. `share`: of all inputs, in thousandths."""

    name: str
    share: int
    seeds: Sequence[bytes]
    mutations: Mutations
    check: Check


def demand(condition: bool, what: str) -> None:
    """Raise `WrongOutputError` unless `condition` holds."""
    if not condition:
        raise WrongOutputError(what)
