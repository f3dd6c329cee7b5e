"""`acncodec plot losses`: the curves of a training run."""

from __future__ import annotations

from pathlib import Path

import click

from .options import force_option
from .places import FILE
from .session import check_target, common_options, say
from .sources import check_suffix, output_option


@click.command()
@click.argument("log", metavar="LOG", type=FILE)
@output_option("OUT.png")
@force_option
@common_options
def losses(log: Path, output: Path, force: bool) -> None:
    """Draw the loss curves of a training run. LOG: the folder of `acncodec train --log`, or the
    log.jsonl in it."""
    check_suffix(output, ".png")
    check_target(output, force, log)
    from acncodec.container import atomic_output
    from acncodec.figures.curves import losses as curves
    from acncodec.training.history import read_log

    reports = read_log(log)
    with atomic_output(output, force) as file:
        file.write(curves(reports, f"Training: {log.name}, {reports[-1].step:,} steps"))
    say(f"{output}: {reports[-1].step:,} steps")
