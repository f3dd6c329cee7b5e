"""`acncodec decompress` and `acncodec verify`: an archive back to arrays, or only checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from acncodec.errors import naming

from .cluster import RayCommand, cluster_of, ray_option
from .compress_report import image_size
from .limits import READING, allow_large_option, tell_time
from .options import device_option, force_option, model_option, model_path, speed_options
from .outputs import OUTPUT, PIPED, Output
from .pipes import archive_at
from .places import PLACE, Place
from .progress import tracking
from .session import (
    common_options,
    detail,
    fail,
    is_verbose,
    notice,
    say,
    session,
    warn,
    write_json,
)

if TYPE_CHECKING:
    from acncodec.codec import Contents, Data, Loss, Reader, ShardPart
    from acncodec.models.frozen import FrozenModel
    from acncodec.run.settings import Run


ALONE = "x"
"""What the array of an .npy is called."""

BY_HEADER = "the one in the file, else the bundled one with the SHA-256 in the header"


@click.command(cls=RayCommand)
@click.argument("source", metavar="IN.acn", type=PLACE)
@click.argument("target", metavar="OUT", type=OUTPUT)
@click.option(
    "--to", "form", type=click.Choice(PIPED), help="The form of what is sent to -, standard output."
)
@model_option(BY_HEADER)
@speed_options
@device_option
@ray_option
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
    source: Place,
    target: Output,
    form: str | None,
    model: str | None,
    threads: int,
    batch: int,
    device: str,
    cluster: str | None,
    force: bool,
    rows: tuple[int | None, int | None] | None,
    salvage: bool,
    allow_large: bool,
    as_json: bool,
) -> None:
    """Restore the arrays in IN.acn, checked by their digest, to OUT, whose name says in which form.

    OUT.npz has all arrays; OUT.npy the images, where there is nothing else; OUT.parquet a column
    for each array, pictures as files. A name that ends in a slash, or has no suffix, is a folder's:
    pictures, with the names, modes and pixels of those that were compressed, as PNG (and PNM, where
    they were such). It must be new or empty. - is standard output, in the form that --to says. What
    the form has no place for is refused.

    Shards are written as they are decoded: no more of them than there are threads, and one, are in
    memory. OUT is there when all are.
    """
    from acncodec.run.settings import Run

    if as_json and not salvage:
        raise click.UsageError("--json goes with --salvage")
    if salvage and rows is not None:
        raise click.UsageError("--range and --salvage exclude each other")
    target = target.as_said(form)
    if as_json and target.is_pipe:
        raise click.UsageError("--json goes to standard output, and so does OUT")
    target.check(force, source, model_path(model))
    begin = cluster_of(cluster, threads)
    run = Run(threads, batch, device, allow_large=allow_large, begin=begin)
    if salvage:
        with _opened(source, model, run) as archive:
            saved = archive.salvage()
        _salvage(saved, source, target, force, as_json)
        return
    if rows is not None:
        with _opened(source, model, run) as archive:
            part = archive.part(*rows)
        _range(part, source, target, force)
        return
    with target.opened(force) as out, _opened(source, model, run) as archive:
        contents = target.write_all(archive, out)
        name = archive.header.spec.name
    _tell(target, name, _about(contents))


def _tell(target: Output, name: str, about: str) -> None:
    """Say what was written, and where nothing else may go to standard output, on standard error.

    name: that of the array of images.
    """
    (notice if target.is_pipe else say)(f"{target.path}: {about}")
    if target.form == "npy" and name != ALONE:
        notice(f"{target.path}: an .npy has no name; that of its array, {name!r}, is left out")


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
    part: tuple[Data, tuple[ShardPart, ...]], source: Place, target: Output, force: bool
) -> None:
    """Write some of the images, and say what of them was not verified."""
    from acncodec.codec import Contents

    data, parts = part
    with naming(source):
        target.write(data, force)
    for line in _checks(parts):
        warn(f"{source}: {line}")
    verified = sum(part.is_verified for part in parts)
    if verified and session().verbosity >= 0:
        whole = "shard was" if verified == 1 else "shards were"
        click.echo(f"{source}: {verified} {whole} decoded whole and checked by digest", err=True)
    _tell(target, data.spec.name, _about(Contents.of(data)))


def _checks(parts: Sequence[ShardPart]) -> list[str]:
    """What was not verified."""
    return [
        f"shard {part.shard}: not verified: {part.decoded} of its {part.distinct} different images"
        " were decoded, so that its digest could not be checked, only the CRC-32 of its bytes"
        for part in parts
        if not part.is_verified
    ]


def _salvage(
    saved: tuple[Data, Loss], source: Place, target: Output, force: bool, as_json: bool
) -> None:  # fmt: skip
    """Write what is whole of an archive; exit with 1 if that is not all."""
    from acncodec.codec import Contents

    data, loss = saved
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
        about = _about(Contents.of(data)) + ("" if loss.is_none else ", INCOMPLETE")
        _tell(target, data.spec.name, about)
    if not loss.is_none:
        click.get_current_context().exit(1)


@click.command(cls=RayCommand)
@click.argument("sources", metavar="IN.acn...", type=PLACE, nargs=-1, required=True)
@model_option(BY_HEADER)
@speed_options
@device_option
@ray_option
@allow_large_option(READING)
@common_options
def verify(
    sources: tuple[Place, ...], model: str | None, threads: int, batch: int, device: str,
    cluster: str | None, allow_large: bool,
) -> None:  # fmt: skip
    """Decode each archive and check its digest; write nothing."""
    from acncodec.errors import AcnError
    from acncodec.run.settings import Run

    known: dict[bytes, FrozenModel] = {}
    begin = cluster_of(cluster, threads)
    failures, run = 0, Run(threads, batch, device, allow_large=allow_large, begin=begin)
    for source in sources:
        try:
            with _opened(source, model, run, known) as archive:
                found = archive.verify()
        except AcnError as error:
            fail(str(error))
            failures += 1
        else:
            say(f"{source}: ok, {_about(found)}")
    if failures:
        click.get_current_context().exit(1)


@contextmanager
def _opened(
    source: Place, model: str | None, run: Run, known: dict[bytes, FrozenModel] | None = None
) -> Iterator[Reader]:
    """The archive `source`, to be decoded with the models its header asks for, which join `known`;
    errors name it."""
    from acncodec.codec import ModelsOf, Reader
    from acncodec.models import find_needed

    models = {} if known is None else known

    def find(archive: ModelsOf) -> list[FrozenModel]:
        wanted = [(one.model_id, one.name) for one in archive.wanted]
        if not all(model_id in models for model_id, _ in wanted):
            found = find_needed(wanted, model, archive.carried())
            models.update((one.model_id, one) for one in found)
        return [models[model_id] for model_id, _ in wanted]

    def announce(seconds: float) -> None:
        tell_time(source, "decoding", seconds)

    with (
        naming(source),
        tracking(source.name) as progress,
        archive_at(source) as file,
        Reader(file, find, replace(run, progress=progress, announce=announce)) as archive,
    ):
        yield archive
        if is_verbose():
            for one in archive.models:
                detail(f"engine {one.decoder.engine_on(run.device)}")


def _about(contents: Contents) -> str:
    others = f" and {contents.arrays} other array(s)" if contents.arrays else ""
    shape = contents.shape
    size = f"{contents.shapes:,} shapes" if shape is None else image_size(shape)
    return f"{contents.images:,} images of {size}{others}"
