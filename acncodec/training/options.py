"""What may be said of a training run, and what holds where nothing is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict


class TrainOptions(TypedDict, total=False):
    """What may be said; `train_model` tells what each is."""

    preset: str | None
    recipe: str | None
    settings: Sequence[str]
    start: str | None
    minutes: float | None
    steps: int | None
    resume: bool
    device: str
    seed: int
    valid: Path | None
    labels: Path | None
    valid_labels: Path | None
    layout: str | None
    log: Path | None
    keep_steps: int | None
    force: bool


class Said(NamedTuple):
    """The same, with what holds where nothing is said."""

    preset: str | None = None
    recipe: str | None = None
    settings: Sequence[str] = ()
    start: str | None = None
    minutes: float | None = None
    steps: int | None = None
    resume: bool = False
    device: str = "auto"
    seed: int = 1
    valid: Path | None = None
    labels: Path | None = None
    valid_labels: Path | None = None
    layout: str | None = None
    log: Path | None = None
    keep_steps: int | None = None
    force: bool = False
