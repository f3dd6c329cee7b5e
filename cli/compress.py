"""`acncodec compress`: a data set to one .acn archive."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from acncodec.errors import naming

from .compress_verify import verify_archive
from .explain import from_estimates
from .fit import Candidate, fitted_model, forget_state, write_smallest
from .options import (
    FILE,
    data_options,
    device_option,
    force_option,
    json_option,
    load_set,
    load_several_data,
    model_for,
    model_option,
    model_path,
    models_for,
    open_set,
    solver_option,
    speed_options,
)
from .progress import tracking
from .session import (
    check_target,
    common_options,
    detail,
    is_verbose,
    notice,
    say,
    warn,
    write_json,
)

if TYPE_CHECKING:
    from acncodec.codec import CompressStats
    from acncodec.codec.stats import ShapeCount
    from acncodec.images import DataSource, MixedData
    from acncodec.models.frozen import FrozenModel

BOUND_SAMPLES = 1
BOUND_SEED = 0


@click.command()
@click.argument("sources", metavar="DATA...", type=FILE, nargs=-1, required=True)
@click.argument("target", metavar="OUT.acn", type=FILE)
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
    "--embed-model", is_flag=True,
    help="Put the model into the file, which then needs nothing else to be read, at whatever "
    "number of bytes.",
)  # fmt: skip
@click.option(
    "--decode-jpeg", is_flag=True,
    help="Take the pixels of JPEG and lossy WebP files too, and say what they cost against the "
    "files, which do not come back.",
)  # fmt: skip
@force_option
@click.option(
    "--verify", is_flag=True,
    help="Before the file is kept, decode it and compare it with DATA, read once more.",
)  # fmt: skip
@json_option
@common_options
def compress(
    sources: tuple[Path, ...],
    target: Path,
    images: str | None,
    layout: str | None,
    label_file: Path | None,
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
    stored: str,
    fit: float | None,
    pace: str | None,
    embed_model: bool,
    decode_jpeg: bool,
    force: bool,
    verify: bool,
    as_json: bool,
) -> None:
    """Compress the images in DATA, and all that is with them, to OUT.acn.

    DATA is an .npz, an .npy, an IDX file (gzipped or not), a binary file of CIFAR, a table of text,
    a .mat, Parquet or Zarr, or a folder, a zip or a tar of pictures; - is standard input. Several
    are one set, each of which comes back by its name.
    """
    from acncodec.codec import CompressOptions, compress_set, header_and_model
    from acncodec.container import atomic_output

    if pace is not None and fit is None:
        raise click.UsageError(f"--{pace} goes with --fit")
    if fit is not None and not math.isfinite(fit):
        raise click.BadParameter(f"{fit} is not a time", param_hint="--fit")
    source = sources[0]
    if len(sources) > 1 and label_file is not None:
        raise click.UsageError("--labels goes with a single DATA")
    check_target(target, force, *sources, label_file, model_path(model))
    load = load_set if shard_size is None or fit is not None else open_set

    def read(warned: bool) -> DataSource | MixedData:
        if len(sources) > 1:
            return load_several_data(
                sources, images, layout, aligned, not_aligned, skip=skip, warned=warned
            )
        return load(
            source, images, layout, aligned, not_aligned, skip=skip, join=True,
            label_file=label_file, warned=warned, lossy=decode_jpeg,
        )  # fmt: skip

    data = read(warned=False)
    if order == "any" and not data.side and not source.is_dir():
        warn(
            f"{source}: in the order any, what lies beside it row by row, such as labels, no longer"
            " fits the images that come back; --labels FILE takes labels in"
        )
    candidates = _candidates(data, source, target, model, stored, embed_model, fit, pace, threads)
    options = CompressOptions(
        order, ordering, coder, threads, batch, solver=solver, alpha=alpha, kernel=kernel,
        shard_size=shard_size, device=device, stored=stored,
    )  # fmt: skip

    with tracking(source.name) as progress:

        def write(candidate: Candidate, file: BinaryIO) -> tuple[CompressStats, float]:
            chosen = replace(options, embed=candidate.embed)
            start = time.perf_counter()
            stats = compress_set(data, candidate.models, chosen, file, progress)
            return stats, round(time.perf_counter() - start, 3)

        with atomic_output(target, force) as file, naming(source):
            kept, stats, seconds, sizes = write_smallest(candidates, file, target.parent, write)
            if verify:
                file.flush()
                path = Path(file.name)
                carried = header_and_model(path)[1]
                reading = [carried] if carried is not None else kept.models
                verify_archive(data, reading, options, path, lambda: read(warned=True), progress)
        if fit is not None:
            forget_state(target)
        if is_verbose():
            for one in kept.models:
                detail(f"engine {one.decoder.engine_on(device)}")
        if as_json:
            progress("bound", 1.0)
            bound = _bound(data, kept.models, stats, shard_size)
    _tell_stored(source, stats, kept.models)
    if as_json:
        found = {"bound_nats_per_image": bound, "seconds": seconds, "candidates": sizes}
        write_json(stats.to_json() | found)
    else:
        say(_table(target, data, stats, seconds, skip) + _rivals(sizes))
    if decode_jpeg:
        _tell_cost(source, data.count, stats.file_bytes)


def _tell_stored(source: Path, stats: CompressStats, models: list[FrozenModel]) -> None:
    """Say on standard error that images were stored, and why."""
    if not stats.stored_images:
        return
    which = f"{stats.stored_images:,} of {stats.images:,} images"
    if stats.stored_images == stats.images:
        which = "all images" if stats.images > 1 else "the image"
    foreign = sum(shape.stored for shape in stats.shapes if not _is_taken(shape, models))
    whys = []
    if foreign:
        takers = "no installed model takes" if not models else "no model at hand takes"
        whys.append(f"{takers} {'them' if foreign == stats.stored_images else f'{foreign:,}'}")
    if foreign < stats.stored_images:
        others = "they are" if not foreign else "the others are"
        whys.append(f"{others} smaller so than by any model")
    notice(f"{source}: {which} stored, not modelled: {', '.join(whys)}")


def _is_taken(shape: ShapeCount, models: list[FrozenModel]) -> bool:
    """Whether some model takes images of a shape and number of levels."""
    size = shape.channels, shape.height, shape.width
    return any(model.accepts.takes(size, shape.levels) for model in models)


def _bound(
    data: DataSource | MixedData, models: list[FrozenModel], stats: CompressStats,
    shard_size: int | None,
) -> float | None:  # fmt: skip
    """As `bound_or_none`; None for a mixed set, and where images were stored or inverted."""
    from acncodec.images import MixedData

    if isinstance(data, MixedData) or stats.is_mixed:
        return None
    chosen = next(model for model in models if model.name == stats.model)
    return bound_or_none(data, chosen, stats, shard_size)


def _candidates(
    data: DataSource | MixedData, source: Path, target: Path, model: str | None, stored: str,
    embed: bool, fit: float | None, pace: str | None, threads: int,
) -> list[Candidate]:  # fmt: skip
    """The models by which the images may be coded."""
    from acncodec.errors import DataError, ModelError
    from acncodec.images import DataSet, MixedData

    if embed and isinstance(data, MixedData):
        raise DataError(f"{source}: sets of several shapes carry no model")

    def usual() -> Candidate:
        if embed and not isinstance(data, MixedData):
            return Candidate(model_for(data, source, model), True)
        models = models_for(data, source, model, stored)
        return Candidate(models[0] if models else None, False, tuple(models[1:]))

    if fit is None or not data.count:
        return [usual()]
    if not isinstance(data, DataSet):
        raise DataError(f"{source}: --fit takes images of one shape and one number of levels")
    found = []
    try:
        found.append(usual())
    except ModelError:
        if model is not None:
            raise
    fitted = fitted_model(data, source, target, fit, pace or "usual", threads)
    return [Candidate(fitted, True), *found]


def _rivals(sizes: dict[str, int]) -> str:
    """What each candidate's file would have been, where there were several."""
    if len(sizes) < 2:
        return ""
    least = min(sizes.values())
    return "".join(
        f"\n  {'kept' if size == least else 'left':<12} {size:,} bytes: {about}"
        for about, size in sizes.items()
    )


def bound_or_none(
    data: DataSource, model: FrozenModel, stats: CompressStats, shard_size: int | None = None
) -> float | None:
    """The float model's expected cost for the same data and order, nats an image.

    None for no images, and with a warning for several shards, for images that are not in memory,
    and for a model without float weights, which decide no bit.
    """
    from acncodec.analysis.priced import bound_nats
    from acncodec.contracts.latent_space import UrnRule
    from acncodec.errors import ModelError
    from acncodec.images import DataSet

    if not data.count:
        return None
    if not isinstance(data, DataSet):
        warn("no bound: it would need all images in memory, which are read shard by shard")
        return None
    if shard_size is not None and data.count > shard_size:
        warn("no bound: it would be that of one shard, and there are several")
        return None
    rule = None if stats.alpha is None else UrnRule(stats.alpha, stats.kernel or 0)
    try:
        return bound_nats(
            data, model, stats.ordering or "iid", stats.order, BOUND_SAMPLES, BOUND_SEED,
            stats.solver or "improved", rule,
        )[0]  # fmt: skip
    except ModelError as error:
        warn(f"no bound: {error}")
        return None


def ratio(raw_bytes: int, compressed_bytes: int) -> str:
    """`4.08x (raw/compressed)`."""
    return f"{raw_bytes / compressed_bytes:.2f}x (raw/compressed)"


def image_size(shape: tuple[int, int, int]) -> str:
    """`28x28`, or `28x28x3` in colour; height first."""
    channels, height, width = shape
    return f"{height}x{width}" + (f"x{channels}" if channels > 1 else "")


def nats(value: Any) -> str:
    """A figure in nats an image, or `-`."""
    return "-" if value is None else f"{value:.3f}"


def urn_terms(alpha: int | None, kernel: int | None) -> str:
    """` (alpha 10, kernel 0)` for an urn, nothing for another ordering."""
    return "" if alpha is None else f" (alpha {alpha:,}, kernel {kernel})"


def _tell_cost(source: Path, images: int, file_bytes: int) -> None:
    """What the archive takes against the lossy files whose pixels are in it."""
    from acncodec.images.folder import open_folder
    from acncodec.images.folder_picture import lossy_files

    if not source.is_dir():
        return
    files, nbytes = lossy_files(open_folder(source, lossy=True).pictures)
    if files:
        others = f" and {images - files:,} other pictures" if images > files else ""
        warn(
            f"{source}: {files:,} lossy files of {nbytes:,} bytes{others} have become"
            f" {file_bytes:,} bytes: {file_bytes / nbytes:.2f} times those files"
        )


def shapes_text(shapes: Sequence[ShapeCount]) -> str:
    """`28x28, 2 levels`, or how many shapes and numbers of levels there are."""
    if len(shapes) == 1:
        one = shapes[0]
        return f"{image_size((one.channels, one.height, one.width))}, {one.levels} levels"
    sizes = {(one.channels, one.height, one.width) for one in shapes}
    levels = sorted({one.levels for one in shapes})
    many = "levels" if len(levels) > 1 else "level count"
    shown = ", ".join(map(str, levels[:4])) + (", ..." if len(levels) > 4 else "")
    return f"{len(sizes):,} shape(s), {many} {shown}"


def _table(
    target: Path, data: DataSource | MixedData, stats: CompressStats, seconds: float,
    skip: tuple[str, ...],
) -> str:  # fmt: skip
    images_bytes = stats.file_bytes - stats.side_bytes
    kl, reconstruction = stats.kl_nats_per_image, stats.reconstruction_nats_per_image
    parts = f"KL {nats(kl)}, reconstruction {nats(reconstruction)}"
    ordering = (stats.ordering or "none") + urn_terms(stats.alpha, stats.kernel)
    ordering += f" ({stats.solver})" if stats.solver else ""
    stored = f", {stats.stored_images:,} stored" if stats.stored_images else ""
    reason = from_estimates(stats.ordering, stats.estimates) if stats.ordering else "all stored"
    model = f"{stats.model} ({(stats.model_sha256 or '')[:16]})" if stats.model else "none"
    lines = [
        f"{target}",
        f"  images       {stats.images:,} of {shapes_text(stats.shapes)}{stored}",
        f"  raw          {stats.raw_bytes:,} bytes, packed at their levels",
        f"  compressed   {images_bytes:,} bytes, {ratio(stats.raw_bytes, images_bytes)}",
        f"  side data    {stats.side_bytes:,} bytes",
        *([f"  its model    {stats.model_bytes:,} bytes"] if stats.model_bytes else []),
        f"  file         {stats.file_bytes:,} bytes in {seconds:.1f} s",
        f"  nats/image   {nats(stats.nats_per_image)} ({parts})",
        f"  order        {stats.order}, ordering {ordering}, coder {stats.coder}",
        f"  ordering     {reason}",
        f"  model        {model}" + "".join(f", {name}" for name in stats.models[1:]),
    ]
    splits = data.spec.form.splits
    if splits is not None:
        lines.append(f"  splits       {', '.join(splits.names)}: one set, given back as they were")
    if skip:
        lines.append(f"  left out     {', '.join(skip)}")
    return "\n".join(lines)
