"""`acncodec decompress` and `acncodec verify`: an archive back to arrays, or only checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import click

from acncodec.errors import naming

from .compress_report import image_size
from .limits import READING, allow_large_option, rows_demand, tell_time
from .options import FILE, device_option, force_option, model_option, model_path, speed_options
from .outputs import OUTPUT, Output
from .pipes import readable
from .progress import tracking
from .session import (
    common_options,
    detail,
    fail,
    is_verbose,
    say,
    session,
    warn,
    write_json,
)

if TYPE_CHECKING:
    from acncodec.codec import Contents, Run, ShardPart
    from acncodec.container import AnyHeader
    from acncodec.models.frozen import FrozenModel

Decoded = TypeVar("Decoded")
Tell = Callable[[str, float], None]


BY_HEADER = "the one in the file, else the bundled one with the SHA-256 in the header"


@click.command()
@click.argument("source", metavar="IN.acn", type=FILE)
@click.argument("target", metavar="OUT.npz|FOLDER/", type=OUTPUT)
@model_option(BY_HEADER)
@speed_options
@device_option
@force_option
@click.option(
    "--range", "rows", metavar="A:B", callback=lambda *given: parse_range(given[-1]),
    help="Only the images A to B - 1, as OUT.npz would have them, counted from 0; A: and :B go to "
    "the end and from the start. Aligned arrays have the rows of these images, others are whole. "
    "Only the shards with these images are read, and in the order `keep` decoded no further than "
    "they need; what was then not decoded whole, so that its digest could not be checked, but only "
    "the CRC-32 of its bytes, is said on standard error.",
)  # fmt: skip
@click.option(
    "--salvage", is_flag=True,
    help="From a damaged IN.acn, write what is whole, say what is missing, and exit with 1.",
)  # fmt: skip
@allow_large_option(READING)
@click.option(
    "--json", "as_json", is_flag=True, help="With --salvage: print what is missing as JSON."
)
@common_options
def decompress(
    source: Path,
    target: Output,
    model: str | None,
    threads: int,
    batch: int,
    device: str,
    force: bool,
    rows: tuple[int | None, int | None] | None,
    salvage: bool,
    allow_large: bool,
    as_json: bool,
) -> None:
    """Restore the arrays in IN.acn to OUT.npz, checked by their digest, or its pictures to FOLDER.

    A name that ends in a slash, or has no suffix, is a folder's: pictures, with the names, modes
    and pixels of those that were compressed, as PNG (and PNM, where they were such). It must be new
    or empty.

    Shards are written as they are decoded: no more of them than there are threads, and one, are in
    memory. OUT is there when all are.
    """
    from acncodec.codec import Run, check_archive, set_to_folder, set_to_npz
    from acncodec.container import atomic_output

    if as_json and not salvage:
        raise click.UsageError("--json goes with --salvage")
    if salvage and rows is not None:
        raise click.UsageError("--range and --salvage exclude each other")
    target.check(force, source, model_path(model))
    speed = Run(threads, batch, device, allow_large)
    if salvage:
        _salvage(source, target, model, speed, force, as_json)
        return
    if rows is not None:
        _range(source, target, model, speed, force, rows)
        return

    if target.is_folder:
        with naming(source):
            check_archive(readable(source))
        with target.folder() as folder:
            contents = _decode(
                source, model, speed, {}, _header,
                lambda path, found, *chosen: set_to_folder(path, found, folder, *chosen),
            )  # fmt: skip
    else:
        with atomic_output(target.path, force) as file:
            contents = _decode(
                source, model, speed, {}, _header,
                lambda path, found, *chosen: set_to_npz(path, found, file, *chosen),
            )  # fmt: skip
    say(f"{target.path}: {_about(contents)}")


def parse_range(text: str | None) -> tuple[int | None, int | None] | None:
    """`A:B`, `A:` or `:B`. Raises `click.BadParameter` for anything else."""
    if text is None:
        return None
    match = re.fullmatch(r"([0-9]{0,12}):([0-9]{0,12})", text, re.ASCII)
    if match is None:
        raise click.BadParameter(f"a range is A:B, A: or :B, of whole numbers, not {text!r}")
    start, stop = (int(part) if part else None for part in match.groups())
    return start, stop


def _range(
    source: Path, target: Output, model: str | None, speed: Run, force: bool,
    rows: tuple[int | None, int | None],
) -> None:  # fmt: skip
    """Write some of the images, and say what of them was not verified."""
    from acncodec.codec import read_range
    from acncodec.codec.any_set import contents

    data, parts = _decode(
        source, model, speed, {}, _header,
        lambda path, found, *chosen: read_range(path, found, *rows, *chosen), rows,
    )  # fmt: skip
    with naming(source):
        target.write(data, force)
    for line in _checks(parts):
        warn(f"{source}: {line}")
    verified = sum(part.is_verified for part in parts)
    if verified and session().verbosity >= 0:
        whole = "shard was" if verified == 1 else "shards were"
        click.echo(f"{source}: {verified} {whole} decoded whole and checked by digest", err=True)
    say(f"{target.path}: {_about(contents(data))}")


def _checks(parts: Sequence[ShardPart]) -> list[str]:
    """What was not verified."""
    return [
        f"shard {part.shard}: not verified: {part.decoded} of its {part.distinct} different images"
        " were decoded, so that its digest could not be checked, only the CRC-32 of its bytes"
        for part in parts
        if not part.is_verified
    ]


def _salvage(
    source: Path, target: Output, model: str | None, speed: Run, force: bool, as_json: bool
) -> None:  # fmt: skip
    """Write what is whole of `source`; exit with 1 if that is not all."""
    from acncodec.codec import embedded_model
    from acncodec.codec.any_set import contents
    from acncodec.container.damaged import read_damaged
    from acncodec.salvage_set import salvage_set

    def whole(path: Path) -> _Opened:
        archive = read_damaged(path).archive
        return _Opened(archive.header, archive.file_bytes, lambda: embedded_model(archive))

    data, loss = _decode(source, model, speed, {}, whole, salvage_set)
    with naming(source):
        target.write(data, force)
    for cause in loss.causes:
        warn(f"{source}: {cause}")
    for first, stop in loss.missing:
        warn(f"{source}: missing: images {first} to {stop - 1} of {loss.images}")
    if loss.side_lost:
        warn(f"{source}: missing: all arrays beside the images")
    elif loss.labels_lost:
        warn(f"{source}: missing: the labels")
    if as_json:
        write_json({"arrays": [entry.name for entry in data.side]} | loss.to_json())
    else:
        say(f"{target.path}: {_about(contents(data))}" + ("" if loss.is_none else ", INCOMPLETE"))
    if not loss.is_none:
        click.get_current_context().exit(1)


@click.command()
@click.argument("sources", metavar="IN.acn...", type=FILE, nargs=-1, required=True)
@model_option(BY_HEADER)
@speed_options
@device_option
@allow_large_option(READING)
@common_options
def verify(
    sources: tuple[Path, ...], model: str | None, threads: int, batch: int, device: str,
    allow_large: bool,
) -> None:  # fmt: skip
    """Decode each archive and check its digest; write nothing."""
    from acncodec.codec import Run, verify_set
    from acncodec.errors import AcnError

    known: dict[bytes, FrozenModel] = {}
    failures, speed = 0, Run(threads, batch, device, allow_large)
    for source in sources:
        try:
            found = _decode(source, model, speed, known, _header, verify_set)
        except AcnError as error:
            fail(str(error))
            failures += 1
        else:
            say(f"{source}: ok, {_about(found)}")
    if failures:
        click.get_current_context().exit(1)


class _Opened(NamedTuple):
    """The header of an archive, its length, and what gives the model that it carries."""

    header: AnyHeader
    file_bytes: int
    carried: Callable[[], FrozenModel | None]


def _header(path: Path) -> _Opened:
    """An archive whose sections all stand where they should."""
    from acncodec.codec import header_and_model
    from acncodec.container import read_header

    info = read_header(path)
    return _Opened(info.header, info.file_bytes, lambda: header_and_model(path)[1])


def _decode(
    source: Path, model: str | None, speed: Run, known: dict[bytes, FrozenModel],
    read: Callable[[Path], _Opened],
    decode: Callable[[Path, list[FrozenModel], Run, Tell], Decoded],
    rows: tuple[int | None, int | None] | None = None,
) -> Decoded:  # fmt: skip
    """Decode `source`, or some of its images, with the models its header asks for, which join
    `known`; but nothing that asks for too much, nor a model for it."""
    from acncodec.codec import wanted_models
    from acncodec.demand import check_demand
    from acncodec.models import find_needed

    with naming(source):
        path = readable(source)
        header, file_bytes, carrying = read(path)
        check_demand(rows_demand(header, file_bytes, (), rows), speed.allow_large)
        carried = carrying()
        wanted = [(one.model_id, one.name) for one in wanted_models(header)]
        if not all(model_id in known for model_id, _ in wanted):
            found = [carried] if carried is not None and model is None else None
            known |= {one.model_id: one for one in found or find_needed(wanted, model)}
        chosen = [known[model_id] for model_id, _ in wanted]
        demand = rows_demand(header, file_bytes, chosen, rows)
        check_demand(demand, speed.allow_large)
        tell_time(source, "decoding", demand.work.seconds(speed.threads))
        with tracking(source.name) as progress:
            data = decode(path, chosen, speed, progress)
        if is_verbose():
            for one in chosen:
                detail(f"engine {one.decoder.engine_on(speed.device)}")
        return data


def _about(contents: Contents) -> str:
    others = f" and {contents.arrays} other array(s)" if contents.arrays else ""
    shape = contents.shape
    size = f"{contents.shapes:,} shapes" if shape is None else image_size(shape)
    return f"{contents.images:,} images of {size}{others}"
