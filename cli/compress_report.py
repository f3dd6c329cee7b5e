"""What `acncodec compress` says: the table of a file, and notices of what became of the images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from acncodec.errors import naming

from .explain import from_estimates
from .pipes import readable
from .places import Place
from .session import notice, warn

if TYPE_CHECKING:
    from acncodec.codec import CompressStats
    from acncodec.codec.stats import ShapeCount
    from acncodec.images import DataSource
    from acncodec.images.mixed_source import MixedSource
    from acncodec.models.frozen import FrozenModel


def tell_stored(
    source: Place, stats: CompressStats, models: list[FrozenModel], *, allow_large: bool
) -> None:
    """Say on standard error that images were stored, and why."""
    if not stats.stored_images:
        return
    which = f"{stats.stored_images:,} of {stats.images:,} images"
    if stats.stored_images == stats.images:
        which = "all images" if stats.images > 1 else "the image"
    foreign = sum(shape.stored for shape in stats.shapes if not _is_taken(shape, models))
    slow = 0
    if not allow_large:
        slow = sum(shape.stored for shape in stats.shapes if _is_slow(shape, models))
    whys = []
    if foreign:
        takers = "no installed model takes" if not models else "no model at hand takes"
        whys.append(f"{takers} {'them' if foreign == stats.stored_images else f'{foreign:,}'}")
    if slow:
        some = "they" if slow == stats.stored_images else f"{slow:,}"
        whys.append(f"{some} would take over a second each to decode (--allow-large models them)")
    if foreign + slow < stats.stored_images:
        others = "the others are" if foreign or slow else "they are"
        whys.append(f"{others} smaller so than by any model")
    notice(f"{source}: {which} stored, not modelled: {', '.join(whys)}")


def _is_taken(shape: ShapeCount, models: list[FrozenModel]) -> bool:
    """Whether some model takes images of a shape and number of levels."""
    size = shape.channels, shape.height, shape.width
    return any(model.accepts.takes(size, shape.levels) for model in models)


def _is_slow(shape: ShapeCount, models: list[FrozenModel]) -> bool:
    """Whether only models take such images that decode them too slowly."""
    from acncodec.models.work import is_slow

    size = shape.channels, shape.height, shape.width
    taking = [model for model in models if model.accepts.takes(size, shape.levels)]
    return bool(taking) and all(is_slow(model, size) for model in taking)


def candidates_text(sizes: dict[str, int], stats: CompressStats) -> str:
    """What each candidate's file would have been, where there were several. Of the file that was
    kept `stats` tell: where all images are stored in it, no model was worth anything to it, and
    candidates that come to the same file are that one."""
    if len(sizes) < 2:
        return ""
    least, all_stored = min(sizes.values()), stats.stored_images == stats.images
    kept = [about for about, size in sizes.items() if size == least]
    title = "all images stored, by no model" if all_stored else kept[0]
    lines = [("kept", least, title)]
    lines += [("left", size, about) for about, size in sizes.items() if size > least]
    if not all_stored:
        lines += [("left", least, about) for about in kept[1:]]
    return "".join(f"\n  {what:<12} {size:,} bytes: {about}" for what, size, about in lines)


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


def tell_cost(
    sources: Sequence[Place], images: str | None, skip: Sequence[str], count: int, file_bytes: int
) -> None:
    """What the archive takes against the lossy files whose pixels are in it.

    images, skip: what the user said of a single source.
    """
    from acncodec.images.folder_picture import lossy_files
    from acncodec.images.places import pictures_in

    files, nbytes = 0, 0
    said = (images, skip) if len(sources) == 1 else (None, ())
    for source in sources:
        with naming(source), pictures_in(readable(source), *said, lossy=True) as found:
            if found is not None:
                some, size = lossy_files(found.folder.pictures)
                files, nbytes = files + some, nbytes + size
    if files:
        others = f" and {count - files:,} other pictures" if count > files else ""
        warn(
            f"{sources[0]}: {files:,} lossy files of {nbytes:,} bytes{others} have become"
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


def summary(
    target: Place, data: DataSource | MixedSource, stats: CompressStats, seconds: float,
    skip: tuple[str, ...],
) -> str:  # fmt: skip
    """The lines about a file that was written; `skip` are the arrays that were left out."""
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
