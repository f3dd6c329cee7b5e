"""Bars on standard error, on a terminal alone; plain lines where that is of use."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from .session import on_terminal, session

if TYPE_CHECKING:
    from rich.progress import Progress

    from acncodec.training.progress import Report

LINES_PER_RUN = 100
"""Training reports about this many lines where no bar can be drawn."""


def _bar() -> Progress:
    from rich.console import Console  # which most commands never need, and all would wait for
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )


@contextmanager
def tracking(label: str) -> Iterator[Callable[[str, float], None]]:
    """A callback for (stage, share done), drawn as one bar; with -v the stages, one a line."""
    level = session().verbosity
    if level < 0 or not on_terminal():
        yield _stage_lines(label) if level > 0 else lambda _stage, _share: None
        return
    with _bar() as bar:
        task = bar.add_task(label, total=1.0)
        yield lambda stage, share: bar.update(
            task, completed=share, description=f"{label}: {stage}"
        )


def _stage_lines(label: str) -> Callable[[str, float], None]:
    last = ""

    def show(stage: str, _share: float) -> None:
        nonlocal last
        if stage != last:
            click.echo(f"{label}: {stage}", err=True)
        last = stage

    return show


def describe(report: Report) -> str:
    """One line for a training report: costs in nats an image, in bits a sample, or as named."""
    if report.samples is not None:
        bits = _bits(report.reconstruction_nats, report.samples)
        text = f"step {report.step:,}  {bits} bits/dim"
        if report.valid_reconstruction_nats is not None:
            bits = _bits(report.valid_reconstruction_nats, report.valid_samples)
            text += f"  held back {bits}"
            others = [f"{name} {bits:.4f}" for name, bits in (report.rivals or {}).items()]
            text += f" ({', '.join(others)})" if others else ""
        return text
    if report.names is not None:
        return _named(report, *report.names)
    text = (
        f"step {report.step:,}  loss {report.kl_nats + report.reconstruction_nats:.2f}  "
        f"KL {report.kl_nats:.2f}  reconstruction {report.reconstruction_nats:.2f}"
    )
    if report.valid_kl_nats is not None and report.valid_reconstruction_nats is not None:
        total = report.valid_kl_nats + report.valid_reconstruction_nats
        text += f"  valid {total:.2f} (KL {report.valid_kl_nats:.2f})"
    return text + "".join(f"  {name} {value:.4g}" for name, value in report.measures.items())


def _named(report: Report, code_name: str, name: str) -> str:
    """Of costs that are no nats, each by its name."""
    text = f"step {report.step:,}  {_words(name)} {report.reconstruction_nats:.2f}"
    if code_name:
        text += f"  {_words(code_name)} {report.kl_nats:.2f}"
    for measure, value in report.measures.items():
        text += f"  {_words(measure)} {value:.3g}"
    if report.valid_reconstruction_nats is not None:
        text += f"  valid {report.valid_reconstruction_nats:.2f}"
    return text


def _words(name: str) -> str:
    return name.replace("_", " ")


def _bits(nats: float, samples: int | None) -> str:
    return f"{nats / math.log(2) / (samples or 1):.4f}"


def _remaining(report: Report) -> str:
    if report.progress <= 0.0:
        return "?"
    seconds = int(report.seconds * (1.0 - report.progress) / report.progress)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


@contextmanager
def training() -> Iterator[Callable[[Report], None]]:
    """A callback for training reports: a bar on a terminal, else lines, sparse without -v."""
    level = session().verbosity
    if level < 0:
        yield lambda _report: None
    elif not on_terminal():
        yield _training_lines(every_one=level > 0)
    else:
        with _bar() as bar:
            task = bar.add_task("training", total=1.0)
            yield lambda report: bar.update(
                task, completed=report.progress, description=describe(report)
            )


def _training_lines(every_one: bool) -> Callable[[Report], None]:
    shown = -1.0

    def show(report: Report) -> None:
        nonlocal shown
        due = report.progress - shown >= 1.0 / LINES_PER_RUN
        if every_one or due or report.valid_kl_nats is not None:
            shown = report.progress
            text = f"{report.progress:6.1%}  {describe(report)}  left {_remaining(report)}"
            click.echo(text, err=True)

    return show
