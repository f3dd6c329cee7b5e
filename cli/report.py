"""`acncodec report`: committed results as tables and figures, beside the paper's."""

from __future__ import annotations

from pathlib import Path

import click

from .options import force_option
from .places import FILE
from .session import common_options, say, warn

DEFAULT_RESULTS = Path("bench/results")


@click.command()
@click.argument("results", metavar="[RESULTS]...", type=FILE, nargs=-1)
@click.option(
    "-o", "--output", metavar="DIR", type=FILE, required=True,
    help="The folder for report.md and report.html; made if it is not there.",
)  # fmt: skip
@click.option(
    "--model", metavar="NAME",
    help="The model to report on: a name or the beginning of a SHA-256.  "
    "[default: that of model.json]",
)  # fmt: skip
@force_option
@common_options
def report(results: tuple[Path, ...], output: Path, model: str | None, force: bool) -> None:
    """Tables and figures of RESULTS, JSON files and training logs or folders of them.

    Without RESULTS, those in bench/results are taken. Nothing is measured: what has no result is
    left out and listed.
    """
    from acncodec.report.write import write_report

    written = write_report(results or (DEFAULT_RESULTS,), output, force, model)
    for name in written.unknown:
        warn(f"{name}: no result of a known kind; not used")
    for path in written.paths:
        say(str(path))
    if written.missing:
        say(f"sections without results, listed as not measured yet: {len(written.missing)}")
