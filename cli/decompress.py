"""`acncodec decompress` and `acncodec verify`: an archive back to arrays, or only checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .compress import image_size
from .options import FILE, device_option, force_option, model_option, speed_options
from .progress import tracking
from .session import check_target, common_options, fail, naming, say

if TYPE_CHECKING:
    from acncodec.exact.model import FrozenModel
    from acncodec.images import DataSet

BY_HEADER = "the bundled one with the SHA-256 in the header"


@click.command()
@click.argument("source", metavar="IN.acn", type=FILE)
@click.argument("target", metavar="OUT.npz", type=FILE)
@model_option(BY_HEADER)
@speed_options
@device_option
@force_option
@common_options
def decompress(
    source: Path, target: Path, model: str | None, threads: int, batch: int, force: bool
) -> None:
    """Restore the arrays in IN.acn to OUT.npz, checked by their digest."""
    from acncodec.container import atomic_output
    from acncodec.images import save_npz

    check_target(target, force, source)
    data = _decode(source, model, threads, batch, {})
    with atomic_output(target, force) as file:
        save_npz(file, data)
    say(f"{target}: {_contents(data)}")


@click.command()
@click.argument("sources", metavar="IN.acn...", type=FILE, nargs=-1, required=True)
@model_option(BY_HEADER)
@speed_options
@device_option
@common_options
def verify(sources: tuple[Path, ...], model: str | None, threads: int, batch: int) -> None:
    """Decode each archive and check its digest; write nothing."""
    from acncodec.errors import AcnError

    known: dict[bytes, FrozenModel] = {}
    failures = 0
    for source in sources:
        try:
            data = _decode(source, model, threads, batch, known)
        except AcnError as error:
            fail(str(error))
            failures += 1
        else:
            say(f"{source}: ok, {_contents(data)}")
    if failures:
        click.get_current_context().exit(1)


def _decode(
    source: Path, model: str | None, threads: int, batch: int, known: dict[bytes, FrozenModel]
) -> DataSet:
    """Decode `source` with the model its header asks for, which joins `known`."""
    from acncodec.codec import decompress_archive
    from acncodec.container import read_header
    from acncodec.models import find_by_id

    with naming(source):
        header = read_header(source).header
        if header.model_id not in known:
            known[header.model_id] = find_by_id(header.model_id, model, header.model_name)
        with tracking(source.name) as progress:
            return decompress_archive(source, known[header.model_id], threads, batch, progress)


def _contents(data: DataSet) -> str:
    others = f" and {len(data.side)} other array(s)" if data.side else ""
    return f"{data.count:,} images of {image_size(data.shape)}{others}"
