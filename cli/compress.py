"""`acncodec compress`: a data set to one .acn archive."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from acncodec.errors import DataError, naming
from acncodec.remote.address import Address

from .bound import bound_of
from .cluster import RayCommand, cluster_of, ray_option
from .compress_report import candidates_text, summary, tell_cost, tell_stored
from .fit import Candidate, beside_fitted, fitted_model, forget_state, write_smallest
from .limits import allow_large_option, tell_time, warn_of_excess
from .options import (
    data_options,
    device_option,
    force_option,
    json_option,
    load_set,
    load_several_data,
    model_for,
    model_option,
    model_path,
    named_models,
    open_set,
    solver_option,
    speed_options,
)
from .outputs import check_archive, is_standard_output, new_archive
from .places import PLACE, Place
from .progress import tracking
from .session import (
    common_options,
    detail,
    is_verbose,
    notice,
    say,
    warn,
    write_json,
)
from .shares import SHARE, part_of, part_text
from .stamps import stamps

if TYPE_CHECKING:
    from acncodec.codec import CompressStats, ModelsOf
    from acncodec.codec.compress_mixed import KeptMixed
    from acncodec.images import DataSource
    from acncodec.images.load import ReadOptions
    from acncodec.images.stored_mixed import MixedSource
    from acncodec.models.frozen import FrozenModel


@click.command(cls=RayCommand)
@click.argument("sources", metavar="DATA...", type=PLACE, nargs=-1, required=True)
@click.argument("target", metavar="OUT.acn", type=PLACE)
@data_options
@model_option("the bundled one that fits the data")
@click.option(
    "--order", type=click.Choice(["keep", "any"]), default="keep", show_default=True,
    help="Restore the images' order, or only the set, in a canonical order.",
)  # fmt: skip
@click.option(
    "--ordering", type=click.Choice(["auto", "set", "urn", "tour", "iid"]), default="auto",
    show_default=True,
    help="How images are laid out to predict each other; auto takes the cheapest.",
)  # fmt: skip
@solver_option
@click.option(
    "--alpha", type=click.IntRange(1, 2**32 - 1), show_default="the cheapest by estimate",
    help="How many earlier images the trained prior weighs as much as, in `urn`.",
)  # fmt: skip
@click.option(
    "--kernel", type=click.IntRange(0, 2**12), show_default="the cheapest by estimate",
    help="What an earlier image stands for in `urn`: 0 for the prior network's mixture, else a "
    "Gaussian of this deviation, in eighths of the posterior's.",
)  # fmt: skip
@click.option(
    "--coder", type=click.Choice(["ans", "torchac"]), default="ans", show_default=True,
    help="The entropy coder; torchac needs the extra of that name.",
)  # fmt: skip
@speed_options
@device_option
@click.option(
    "--shard-size", metavar="N", type=click.IntRange(min=1),
    help="At most N images in a shard, each decodable alone: should the file be damaged, or for "
    "`decompress --range`. Shards are coded side by side, and an .npy, an IDX file that is not "
    "gzipped and a folder are read shard by shard, so that they may be larger than the memory. "
    "Without, one shard has all. S shards of a `set` cost log2 S bits an image, and each shard a "
    "few hundred bits.",
)  # fmt: skip
@click.option(
    "--shard", "share", metavar="I/S", type=SHARE,
    help="Compress the I-th of S parts of DATA: consecutive images, as many in each. Each may be"
    " compressed on another machine, with the same options; `join` makes one archive of them.",
)  # fmt: skip
@ray_option
@click.option(
    "--stored", type=click.Choice(["auto", "never"]), default="auto", show_default=True,
    help="Whether images that no model codes well may be stored, so that no file is much larger "
    "than its packed pixels.",
)  # fmt: skip
@click.option(
    "--fit",
    metavar="MINUTES",
    type=click.FloatRange(min=0, min_open=True),
    help="Train a model on DATA itself for so long, and keep the smallest file: with that model in "
    "it, or by the one that is taken without. The state, OUT.acn.fit, survives a kill and is "
    "removed at the end; Ctrl-C ends the training early, twice stops.",
)
@click.option(
    "--fast",
    "pace",
    flag_value="fast",
    help="With --fit: a model that decodes 1,024 pixels in 0.2 ms on two threads.",
)
@click.option("--slow", "pace", flag_value="slow", help="With --fit: in 3 ms, not 1 ms.")
@click.option(
    "--start", metavar="NAME|PATH",
    help="With --fit: begin with the weights of a model, bundled, your own or a file. All of the "
    "fitted model is coded, as without.",
)  # fmt: skip
@click.option(
    "--embed-model", is_flag=True,
    help="Put the models into the file, which then needs nothing else to be read, at whatever "
    "number of bytes.",
)  # fmt: skip
@click.option(
    "--decode-jpeg", is_flag=True,
    help="Take the pixels of JPEG and lossy WebP files too, and say what they cost against the "
    "files, which do not come back.",
)  # fmt: skip
@allow_large_option(
    "Model also images that take over a second each to decode, which else are stored, and write"
    " what is only read with this option."
)
@force_option
@click.option(
    "--verify", is_flag=True,
    help="Before the file is kept, decode it and compare it with DATA, read once more.",
)  # fmt: skip
@json_option
@common_options
def compress(
    sources: tuple[Place, ...],
    target: Place,
    images: str | None,
    layout: str | None,
    label_file: Place | None,
    skip: tuple[str, ...],
    aligned: tuple[str, ...],
    not_aligned: tuple[str, ...],
    model: str | None,
    order: str,
    ordering: str,
    alpha: int | None,
    kernel: int | None,
    solver: str,
    coder: str,
    threads: int,
    batch: int,
    device: str,
    shard_size: int | None,
    share: tuple[int, int] | None,
    cluster: str | None,
    stored: str,
    fit: float | None,
    pace: str | None,
    start: str | None,
    embed_model: bool,
    decode_jpeg: bool,
    allow_large: bool,
    force: bool,
    verify: bool,
    as_json: bool,
) -> None:
    """Compress the images in DATA, and all that is with them, to OUT.acn.

    DATA is an .npz, an .npy, an IDX file (gzipped or not), a binary file of CIFAR, a table of text,
    a .mat, Parquet or Zarr, or a folder, a zip or a tar of pictures; - is standard input. Several
    are one set, each of which comes back by its name.
    """
    from acncodec.codec import CompressOptions, compress_seconds
    from acncodec.codec.compress_set import compress_set
    from acncodec.run.settings import Run

    if pace is not None and fit is None:
        raise click.UsageError(f"--{pace} goes with --fit")
    if start is not None and fit is None:
        raise click.UsageError("--start goes with --fit")
    if share is not None and fit is not None:
        raise click.UsageError(
            "--shard goes without --fit: all parts need one model, which `train` makes for --model"
        )
    if fit is not None and not math.isfinite(fit):
        raise click.BadParameter(f"{fit} is not a time", param_hint="--fit")
    source = sources[0]
    if len(sources) > 1 and label_file is not None:
        raise click.UsageError("--labels goes with a single DATA")
    beside = None if fit is None else _path_of(target)
    if as_json and is_standard_output(target):
        raise click.UsageError("--json goes to standard output, and so does OUT.acn")
    check_archive(target, force, *sources, label_file, model_path(model))
    pieces = (shard_size is not None or share is not None) and fit is None

    said: ReadOptions = {
        "images": images, "layout": layout, "aligned": aligned, "not_aligned": not_aligned,
        "skip": skip, "join": True, "lossy": decode_jpeg,
    }  # fmt: skip

    def read(warned: bool) -> DataSource | MixedSource:
        if len(sources) > 1:
            return load_several_data(sources, warned=warned, **said)
        if pieces:
            scattered = order == "any"
            return open_set(source, label_file, warned=warned, scattered=scattered, **said)
        return load_set(source, label_file, warned=warned, **said)

    before = {} if beside is None else stamps((*sources, label_file), beside)
    whole = read(warned=False)
    if order == "any" and not whole.side and not (isinstance(source, Path) and source.is_dir()):
        warn(
            f"{source}: in the order any, what lies beside it row by row, such as labels, no longer"
            " fits the images that come back; --labels FILE takes labels in"
        )
    candidates = _candidates(
        whole, source, beside, model, stored, embed_model, fit, pace, start, threads
    )
    if beside is not None and stamps((*sources, label_file), beside) != before:
        raise DataError(f"{source}: changed while a model was fitted to it; nothing was written")
    options = CompressOptions(
        order, ordering, coder, threads, batch, solver=solver, alpha=alpha, kernel=kernel,
        shard_size=shard_size, device=device, stored=stored, allow_large=allow_large,
        part=share is not None, begin=cluster_of(cluster, threads),
    )  # fmt: skip
    data = part_of(whole, source, share, options)

    expected = [compress_seconds(data, one.models, options) for one in candidates]
    tell_time(source, "compressing", sum(expected))

    def again() -> DataSource | MixedSource:
        return part_of(read(warned=True), source, share, options)

    with tracking(source.name) as progress:
        coded: dict[str, KeptMixed] = {}

        def write(candidate: Candidate, file: BinaryIO) -> tuple[CompressStats, float]:
            chosen = replace(options, embed=candidate.embed, at_hand=candidate.at_hand)
            start = time.perf_counter()
            stats = compress_set(
                data, candidate.models, chosen, file, progress,
                lambda found: coded.update({candidate.about: found}),
                whole,
            )  # fmt: skip
            return stats, round(time.perf_counter() - start, 3)

        with new_archive(target, force) as file, naming(source):
            kept, stats, seconds, sizes = write_smallest(
                candidates, file, Path(file.name).parent, write
            )
            file.flush()
            path = Path(file.name)
            if not allow_large:
                warn_of_excess(target, path, kept.models)
            if verify:
                run = Run(threads, batch, device, progress, allow_large=True, begin=options.begin)
                from acncodec.codec import Reader, verify_against

                with Reader(path, lambda written: _reading(written, kept), run) as back:
                    verify_against(back, data, again)
        if beside is not None:
            forget_state(beside)
        if is_verbose():
            for one in kept.models:
                detail(f"engine {one.decoder.engine_on(device)}")
        if as_json:
            progress("bound", 1.0)
            bound = bound_of(data, kept.models, stats, shard_size, coded.get(kept.about))
    tell_stored(source, stats, kept.models, allow_large=allow_large)
    if as_json:
        found = {"bound_nats_per_image": bound, "seconds": seconds, "candidates": sizes}
        write_json(stats.to_json() | found)
    else:
        text = summary(target, data, stats, seconds, skip) + candidates_text(sizes)
        tell = notice if is_standard_output(target) else say
        tell(text + part_text(share, whole.count, shard_size))
    if decode_jpeg and share is None:
        tell_cost(sources, images, skip, data.count, stats.file_bytes)


def _path_of(target: Place) -> Path:
    if isinstance(target, Address) or is_standard_output(target):
        raise click.UsageError("--fit keeps its state beside OUT.acn, which must be a path")
    return target


def _reading(written: ModelsOf, kept: Candidate) -> list[FrozenModel]:
    """The models to read with what was written: those that it carries, then those it was written
    with."""
    return [*written.carried(), *kept.models]


def _candidates(
    data: DataSource | MixedSource, source: Place, beside: Path | None, model: str | None,
    stored: str, embed: bool, fit: float | None, pace: str | None, start: str | None, threads: int,
) -> list[Candidate]:  # fmt: skip
    """The models by which the images may be coded. beside: where a fit is kept."""
    from acncodec.errors import ModelError
    from acncodec.images import DataSet, MixedData
    from acncodec.images.stored_mixed import MixedSource

    def usual() -> Candidate:
        if embed and not isinstance(data, MixedSource):
            return Candidate(model_for(data, source, model), True)
        models = named_models(data, source, model, stored)
        return Candidate(models[0] if models else None, embed, tuple(models[1:]))

    if fit is None or beside is None or not data.count:
        return [usual()]
    if not isinstance(data, DataSet | MixedData):
        raise DataError(f"{source}: --fit needs all images in memory")
    found = []
    try:
        found.append(usual())
    except ModelError:
        if model is not None:
            raise
    fitted = fitted_model(data, source, beside, fit, pace or "usual", start, threads)
    others = beside_fitted(data, fitted, [one for each in found for one in each.models])
    if embed and others:
        found.insert(0, Candidate(fitted, True))
    by_id = frozenset() if embed else frozenset(one.model_id for one in others)
    return [Candidate(fitted, True, others, by_id), *found]
