"""`acncodec join`: the parts of a set, compressed apart, as one archive."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from acncodec.errors import naming

from .options import (
    device_option,
    force_option,
    json_option,
    model_option,
    model_path,
    speed_options,
)
from .outputs import check_archive, is_standard_output, new_archive
from .pipes import readable
from .places import PLACE, Place
from .progress import tracking
from .session import common_options, notice, say, write_json

if TYPE_CHECKING:
    from acncodec.joining.join import Joined
    from acncodec.joining.parts import PartFile
    from acncodec.models.frozen import FrozenModel
    from acncodec.run.settings import Run


@click.command()
@click.argument("sources", metavar="PART.acn...", type=PLACE, nargs=-1, required=True)
@click.argument("target", metavar="OUT.acn", type=PLACE)
@model_option("the one in the file, else that with the SHA-256 in the header")
@speed_options
@device_option
@force_option
@json_option
@common_options
def join(
    sources: tuple[Place, ...], target: Place, model: str | None, threads: int, batch: int,
    device: str, force: bool, as_json: bool,
) -> None:  # fmt: skip
    """Make one archive of all parts of a set, each of which `compress --shard I/S` wrote.

    They may be named in any order; one that is missing, there twice or of another set is refused.
    What is coded is copied, its checksums compared, and arrays beside the images, such as labels,
    are joined row by row. So OUT.acn is what `compress --shard-size` makes of the whole with shards
    as large as the parts.

    No model is needed and nothing decoded, but where some parts of a set of one shape have images
    that are stored, and others none: those others are coded anew.
    """
    from acncodec.joining.join import join_parts
    from acncodec.joining.parts import in_order, read_part
    from acncodec.run.settings import Run

    if as_json and is_standard_output(target):
        raise click.UsageError("--json goes to standard output, and so does OUT.acn")
    check_archive(target, force, *sources, model_path(model))
    found = []
    for source in sources:
        with naming(source):
            found.append(read_part(readable(source), source))
    run = Run(threads, batch, device, allow_large=True)
    with _alike(in_order(found), target, model, run) as parts, new_archive(target, force) as file:
        joined = join_parts(parts, file)
    _tell_order(target, joined)
    if as_json:
        write_json({"path": str(target)} | asdict(joined))
        return
    what = f"{joined.images:,} images, {joined.file_bytes:,} bytes"
    tell = notice if is_standard_output(target) else say
    tell(f"{target}: {joined.parts:,} part(s), {joined.shards:,} shard(s), {what}")


@contextmanager
def _alike(
    parts: list[PartFile], target: Place, model: str | None, run: Run
) -> Iterator[list[PartFile]]:
    """The parts, all of sets of one shape or all of mixed ones; what is coded anew for that lies in
    a temporary folder beside `target` meanwhile."""
    from acncodec.joining.recode import recoded, to_recode

    odd = to_recode(parts)
    if not odd:
        yield parts
        return
    names = ", ".join(str(one.name) for one in odd[:3]) + (", ..." if len(odd) > 3 else "")
    notice(
        f"{target}: {len(odd):,} of {len(parts):,} parts are decoded and coded anew, for others"
        f" have images that are stored or inverted: {names}"
    )
    models = _models(parts, model)
    beside = None
    if isinstance(target, Path) and not is_standard_output(target):
        beside = target.parent
    with tempfile.TemporaryDirectory(prefix=".acncodec-", dir=beside) as folder:
        alike = []
        for number, one in enumerate(parts):
            if one in odd:
                with naming(one.name), tracking(one.name.name) as progress:
                    how = replace(run, progress=progress)
                    alike.append(recoded(one, models, how, Path(folder, f"{number}.acn")))
            else:
                alike.append(one)
        yield alike


def _models(parts: Sequence[PartFile], model: str | None) -> list[FrozenModel]:
    """All models that the parts name, or carry."""
    from acncodec.codec import Reader
    from acncodec.models import find_needed

    wanted: dict[bytes, str] = {}
    carried: list[FrozenModel] = []
    for one in parts:
        with naming(one.name), Reader(one.path) as archive:
            wanted |= {each.model_id: each.name for each in archive.wanted}
            carried += archive.carried()
    return find_needed(list(wanted.items()), model, carried)


def _tell_order(target: Place, joined: Joined) -> None:
    """Say what it costs that each shard is a set of its own."""
    if joined.order_bits < 1:
        return
    bits = joined.order_bits / joined.images
    notice(
        f"{target}: each of its {joined.shards:,} shards is a set of its own, which costs"
        f" {bits:.2f} bits an image (log2 {joined.shards} is {math.log2(joined.shards):.2f}),"
        f" {joined.order_bits / 8:,.0f} bytes in all; one set has one order to give back"
    )
