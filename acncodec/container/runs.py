"""Batch sizes as runs: [1, 2, 5, [500, 20], 17] is a ramp, 20 batches of 500, and a rest."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from acncodec.container.strict import check_int
from acncodec.errors import FormatError


def pack_runs(sizes: Sequence[int]) -> list[int | list[int]]:
    """Write sizes as integers, and two or more equal ones in a row as [size, repeats]."""
    runs: list[int | list[int]] = []
    for size, group in groupby(sizes):
        repeats = sum(1 for _ in group)
        runs.append(size if repeats == 1 else [size, repeats])
    return runs


def unpack_runs(runs: object, total: int, limit: int) -> tuple[int, ...]:
    """Undo `pack_runs`.

    Args:
        runs: what JSON gave.
        total: what the sizes must sum to.
        limit: the most sizes there may be. Both are checked before anything is expanded.

    Raises:
        FormatError: not such a list; a sum other than `total`; more than `limit` sizes.
    """
    if not isinstance(runs, list):
        raise FormatError(f"the batch sizes must be a list, not {type(runs).__name__}")
    if len(runs) > limit:
        raise FormatError(f"{len(runs)} runs of batch sizes, more than {limit}")
    pairs = [_pair(run, total, limit) for run in runs]
    batches = sum(repeats for _, repeats in pairs)
    if batches > limit:
        raise FormatError(f"{batches} batches, more than {limit}")
    found = sum(size * repeats for size, repeats in pairs)
    if found != total:
        raise FormatError(f"the batch sizes sum to {found}, not {total}")
    return tuple(size for size, repeats in pairs for _ in range(repeats))


def _pair(run: object, total: int, limit: int) -> tuple[int, int]:
    """Read one run as (size, repeats)."""
    if not isinstance(run, list):
        return check_int(run, "a batch size", 1, total), 1
    if len(run) != 2:
        raise FormatError("a run of batch sizes must be [size, repeats]")
    size = check_int(run[0], "a batch size", 1, total)
    return size, check_int(run[1], "a run's repeats", 2, limit)
