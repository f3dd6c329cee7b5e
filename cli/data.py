"""`acncodec data`: public data sets, fetched and checked."""

from __future__ import annotations

from pathlib import Path

import click

from acncodec.data.catalogue import CATALOGUE

from .options import FILE, force_option
from .progress import tracking
from .session import common_options, say


@click.group()
@common_options
def data() -> None:
    """List and fetch public data sets."""


@data.command("list")
@common_options
def list_data() -> None:
    """List the data sets that can be fetched, and the bundled one."""
    from acncodec.data import bundled

    for source in CATALOGUE.values():
        click.echo(f"{source.name}  {source.about}")
    click.echo(f"bundled: {bundled()} (the binarised MNIST test set)")


@data.command()
@click.argument("name", metavar="NAME", type=click.Choice(list(CATALOGUE)))
@click.option(
    "-o", "--output", metavar="DIR", type=FILE, required=True, help="The folder to write to."
)
@click.option(
    "--from", "origin", metavar="DIR", type=FILE,
    help="Take the files from this folder instead of the network.",
)  # fmt: skip
@force_option
@common_options
def fetch(name: str, output: Path, origin: Path | None, force: bool) -> None:
    """Fetch the data set NAME, check its digests, and binarise it."""
    from acncodec.data.fetch import fetch as fetch_source

    source = CATALOGUE[name]
    with tracking(name) as progress:
        written = fetch_source(source, output, origin=origin, force=force, progress=progress)
    for path in written:
        say(str(path))
    say(source.note)
