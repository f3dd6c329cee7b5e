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


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A file that a command refused; seconds of the processor, of the refusal alone and of the
    command; left_behind: files that it left."""

    name: str
    command: str
    file_bytes: Count
    refusal_seconds: float
    command_seconds: float
    left_behind: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Refusals(Measured):
    """`bench/refusals.py`."""

    rows: tuple[Refusal, ...]
