"""`acncodec decompress` and `acncodec verify`: an archive back to arrays, or only checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from .compress import image_size
from .options import FILE, device_option, force_option, model_option, model_path, speed_options
from .progress import tracking
from .session import (
    check_target,
    common_options,
    detail,
    fail,
    is_verbose,
    naming,
    say,
    warn,
    write_json,
)

if TYPE_CHECKING:
    from acncodec.container import Header
    from acncodec.exact.model import FrozenModel
    from acncodec.images import DataSet

Decoded = TypeVar("Decoded")
Tell = Callable[[str, float], None]


class Speed(NamedTuple):
    """The options that change no byte."""

    threads: int
    batch: int
    device: str


BY_HEADER = "the bundled one with the SHA-256 in the header"


@click.command()
@click.argument("source", metavar="IN.acn", type=FILE)
@click.argument("target", metavar="OUT.npz", type=FILE)
@model_option(BY_HEADER)
@speed_options
@device_option
@force_option
@click.option(
    "--salvage", is_flag=True,
    help="From a damaged IN.acn, write what is whole, say what is missing, and exit with 1.",
)  # fmt: skip
@click.option(
    "--json", "as_json", is_flag=True, help="With --salvage: print what is missing as JSON."
)
@common_options
def decompress(
    source: Path,
    target: Path,
    model: str | None,
    threads: int,
    batch: int,
    device: str,
    force: bool,
    salvage: bool,
    as_json: bool,
) -> None:
    """Restore the arrays in IN.acn to OUT.npz, checked by their digest."""
    from acncodec.codec import decompress_archive
    from acncodec.container import atomic_output
    from acncodec.images import save_npz

    if as_json and not salvage:
        raise click.UsageError("--json goes with --salvage")
    check_target(target, force, source, model_path(model))
    if salvage:
        _salvage(source, target, model, Speed(threads, batch, device), force, as_json)
        return
    data = _decode(source, model, Speed(threads, batch, device), {}, _header, decompress_archive)
    with atomic_output(target, force) as file:
        save_npz(file, data)
    say(f"{target}: {_contents(data)}")


def _salvage(
    source: Path, target: Path, model: str | None, speed: Speed, force: bool, as_json: bool
) -> None:  # fmt: skip
    """Write what is whole of `source`; exit with 1 if that is not all."""
    from acncodec.container import atomic_output
    from acncodec.container.damaged import read_damaged
    from acncodec.images import save_npz
    from acncodec.salvage import salvage_archive

    data, loss = _decode(
        source,
        model,
        speed,
        {},
        lambda path: read_damaged(path).archive.header,
        salvage_archive,
    )
    with atomic_output(target, force) as file:
        save_npz(file, data)
    for cause in loss.causes:
        warn(f"{source}: {cause}")
    for first, stop in loss.missing:
        warn(f"{source}: missing: images {first} to {stop - 1} of {loss.images}")
    if loss.side_lost:
        warn(f"{source}: missing: all arrays beside the images")
    if as_json:
        write_json({"arrays": [entry.name for entry in data.side]} | loss.to_json())
    else:
        say(f"{target}: {_contents(data)}" + ("" if loss.is_none else ", INCOMPLETE"))
    if not loss.is_none:
        click.get_current_context().exit(1)


@click.command()
@click.argument("sources", metavar="IN.acn...", type=FILE, nargs=-1, required=True)
@model_option(BY_HEADER)
@speed_options
@device_option
@common_options
def verify(
    sources: tuple[Path, ...], model: str | None, threads: int, batch: int, device: str
) -> None:
    """Decode each archive and check its digest; write nothing."""
    from acncodec.codec import decompress_archive
    from acncodec.errors import AcnError

    known: dict[bytes, FrozenModel] = {}
    failures, speed = 0, Speed(threads, batch, device)
    for source in sources:
        try:
            data = _decode(source, model, speed, known, _header, decompress_archive)
        except AcnError as error:
            fail(str(error))
            failures += 1
        else:
            say(f"{source}: ok, {_contents(data)}")
    if failures:
        click.get_current_context().exit(1)


def _header(source: Path) -> Header:
    """The header of an archive whose sections all stand where they should."""
    from acncodec.container import read_header

    return read_header(source).header


def _decode(
    source: Path, model: str | None, speed: Speed, known: dict[bytes, FrozenModel],
    read: Callable[[Path], Header],
    decode: Callable[[Path, FrozenModel, int, int, Tell, str], Decoded],
) -> Decoded:  # fmt: skip
    """Decode `source` with the model its header asks for, which joins `known`."""
    from acncodec.models import find_by_id

    with naming(source):
        header = read(source)
        if header.model_id not in known:
            known[header.model_id] = find_by_id(header.model_id, model, header.model_name)
        chosen = known[header.model_id]
        with tracking(source.name) as progress:
            data = decode(source, chosen, speed.threads, speed.batch, progress, speed.device)
        if is_verbose():
            detail(f"engine {chosen.decoder.engine_on(speed.device)}")
        return data


def _contents(data: DataSet) -> str:
    others = f" and {len(data.side)} other array(s)" if data.side else ""
    return f"{data.count:,} images of {image_size(data.shape)}{others}"
