"""`acncodec data`: public data sets, fetched and checked."""

from __future__ import annotations

from pathlib import Path

import click

from acncodec.data.catalogue import CATALOGUE

from .options import force_option
from .places import FILE
from .progress import tracking
from .session import common_options, say, warn


@click.group()
@common_options
def data() -> None:
    """List and fetch public data sets."""


@data.command("list")
@common_options
def list_data() -> None:
    """List the data sets that can be fetched, with source and licence, and the bundled one."""
    from acncodec.data import bundled

    for source in CATALOGUE.values():
        click.echo(f"{source.name}  {source.about}")
        click.echo(f"    {source.origin}. Licence: {source.licence}.")
    click.echo(f"bundled: {bundled()} (the binarised MNIST test set)")


@data.command()
@click.argument("name", metavar="NAME", type=click.Choice(list(CATALOGUE)))
@click.option(
    "-o", "--output", metavar="DIR", type=FILE, required=True, help="The folder to write to."
)
@click.option(
    "--from", "origin", metavar="DIR", type=FILE,
    help="Take the files, as they are published or unpacked, from this folder instead of the "
    "network.",
)  # fmt: skip
@click.option(
    "--partial", is_flag=True, help="With --from: if some of the files are not there, do without."
)
@force_option
@common_options
def fetch(name: str, output: Path, origin: Path | None, partial: bool, force: bool) -> None:
    """Fetch the data set NAME, check the digest of each file, and make .npz files of its parts."""
    from acncodec.data.fetch import fetch as fetch_source

    if partial and origin is None:
        raise click.UsageError("--partial goes with --from")
    source = CATALOGUE[name]
    with tracking(name) as progress:
        fetched = fetch_source(
            source, output, origin=origin, partial=partial, force=force, progress=progress
        )
    for path in fetched.paths:
        say(str(path))
    for missing in fetched.missing:
        warn(f"{origin}: there is no {missing}; what is made of it lacks its images")
    say(source.note)
    say(f"Source: {source.origin}. Licence: {source.licence}.")
