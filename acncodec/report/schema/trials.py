"""Results on reliability."""

from __future__ import annotations

from dataclasses import dataclass

from acncodec.report.schema.base import Count, Measured


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Many cases of one thing that may go wrong; a failure is a case with another outcome."""

    name: str
    cases: Count
    failures: Count
    expected: str = ""
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Fuzz(Measured):
    """Random and damaged input. seconds: of the whole run."""

    rows: tuple[Trial, ...]
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Faults(Measured):
    """Crashes, full disks, signals."""

    rows: tuple[Trial, ...]
