"""Who is told how far the work is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Told of the stage of the work, and of the share of it that is done."""


def silent(_stage: str, _share: float) -> None:
    """Nobody wants to know."""
    return
