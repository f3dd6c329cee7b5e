"""Reads the log of a training run, as `session.RunLog` writes it: a JSON report a line."""

from __future__ import annotations

import json
import math
from pathlib import Path

from acncodec.errors import TrainingError
from acncodec.training.progress import Report


def read_log(path: Path) -> tuple[Report, ...]:
    """The reports of a run in order of their steps.

    Where the log goes back, because the run was resumed from a checkpoint or started anew, what
    was written later stands. Fields that a report does not have are passed over. Raises
    `TrainingError` if the file cannot be read, is no such log, or is empty.
    """
    reports: list[Report] = []
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TrainingError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise TrainingError(f"{path}: not a training log: {error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        report = _report(path, number, line)
        while reports and reports[-1].step >= report.step:
            reports.pop()
        reports.append(report)
    if not reports:
        raise TrainingError(f"{path}: the log has no report")
    return tuple(reports)


def _report(path: Path, number: int, line: str) -> Report:
    try:
        entry = json.loads(line)
        return Report(
            step=int(_number(entry["step"])),
            seconds=_number(entry["seconds"]),
            progress=_number(entry["progress"]),
            kl_nats=_number(entry["kl_nats"]),
            reconstruction_nats=_number(entry["reconstruction_nats"]),
            learning_rate=_number(entry["learning_rate"]),
            valid_kl_nats=_number_or_none(entry.get("valid_kl_nats")),
            valid_reconstruction_nats=_number_or_none(entry.get("valid_reconstruction_nats")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TrainingError(
            f"{path}: line {number} is not a training report: {type(error).__name__}: {error}"
        ) from error


def _number_or_none(value: object) -> float | None:
    return None if value is None else _number(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number")
    return float(value)
