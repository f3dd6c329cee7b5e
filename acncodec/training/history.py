"""The log of a training run, a JSON report a line: what is written, and how it is read.

Costs that are no nats stand under their own names: `costs`, `valid_costs`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from acncodec.errors import TrainingError
from acncodec.training.progress import Report

LOG = "log.jsonl"
"""The log's name in the folder of a run."""


def log_entry(report: Report) -> dict[str, Any]:
    """What is written of a report."""
    entry = asdict(report)
    del entry["names"]
    if report.kl_name is None:
        del entry["kl_name"]
    if not report.measures:
        del entry["measures"]
    if report.names is None:
        return entry
    del entry["samples"], entry["valid_samples"], entry["rivals"]
    for prefix in ("", "valid_"):
        kl, cost = entry.pop(f"{prefix}kl_nats"), entry.pop(f"{prefix}reconstruction_nats")
        named = dict(zip(report.names, (kl, cost), strict=True))
        named.pop("", None)  # in its place is nothing
        entry[f"{prefix}costs"] = None if cost is None else named
    return entry


def read_log(path: Path) -> tuple[Report, ...]:
    """The reports of a run in order of their steps.

    path: the file, or the folder of a run. Where the log goes back, because the run was resumed
    from a checkpoint or started anew, what was written later stands. Fields that a report does not
    have are passed over. Raises `TrainingError` if the file cannot be read, is no such log, or is
    empty.
    """
    reports: list[Report] = []
    path = path / LOG if path.is_dir() else path
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
        step, seconds = int(_number(entry["step"])), _number(entry["seconds"])
        names = _names(entry["costs"]) if "costs" in entry else None
        kl, cost = _costs(entry, names, "")
        valid_kl, valid_cost = _costs(entry, names, "valid_")
        return Report(
            step=step,
            seconds=seconds,
            progress=_number(entry["progress"]),
            kl_nats=_number(kl),
            reconstruction_nats=_number(cost),
            learning_rate=_number(entry["learning_rate"]),
            valid_kl_nats=_number_or_none(valid_kl),
            valid_reconstruction_nats=_number_or_none(valid_cost),
            measures=_numbers(entry.get("measures", {})),
            names=names,
            kl_name=_text_or_none(entry.get("kl_name")),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TrainingError(
            f"{path}: line {number} is not a training report: {type(error).__name__}: {error}"
        ) from error


def _names(costs: object) -> tuple[str, str]:
    """What stands in the places of KL and reconstruction; the first is empty where one is."""
    if not isinstance(costs, dict) or not 1 <= len(costs) <= 2:
        raise ValueError("costs are one or two, by name")
    first, *rest = costs
    return (first, rest[0]) if rest else ("", first)


def _costs(
    entry: Mapping[str, Any], names: tuple[str, str] | None, prefix: str
) -> tuple[object, object]:
    """The two costs of an entry; of validation they may be missing."""
    if names is None and not prefix:
        return entry["kl_nats"], entry["reconstruction_nats"]
    if names is None:
        return entry.get(f"{prefix}kl_nats"), entry.get(f"{prefix}reconstruction_nats")
    found = entry.get(f"{prefix}costs")
    if found is None:
        return None, None
    return (found[names[0]] if names[0] else 0.0), found[names[1]]


def _numbers(values: Mapping[str, object]) -> dict[str, float]:
    """Measures by their names."""
    return {name: _number(value) for name, value in values.items()}


def _text_or_none(value: object) -> str | None:
    if not isinstance(value, str | None):
        raise ValueError(f"{value!r} is no text")
    return value


def _number_or_none(value: object) -> float | None:
    return None if value is None else _number(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number")
    return float(value)
