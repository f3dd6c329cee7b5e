"""Compress and decompress: where images, networks, order, stack and file meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import arrange_shards
from acncodec.coding.coders import check_coder
from acncodec.coding.pixels import Workers
from acncodec.container import (
    CODERS,
    MAX_ALPHA,
    MAX_KERNEL,
    Archive,
    Header,
    Section,
    SectionType,
    archive_bytes,
    read_archive,
    write_archive,
)
from acncodec.container.header import MAX_SHARDS
from acncodec.container.strict import check_label
from acncodec.errors import CoderError, CorruptionError, DataError, FormatError, ModelError
from acncodec.exact.model import FrozenModel
from acncodec.exact.selftest import check_products
from acncodec.images import DataSet
from acncodec.labels import Context, decoded_context, known_context, pack_arrays, unpack_arrays
from acncodec.memory import check_fits, check_headroom, memory_errors
from acncodec.ordering.plan import NETWORK_STRATEGIES
from acncodec.ordering.solve import SOLVERS
from acncodec.shards import CodedShard, pop_shard, push_shard

Progress = Callable[[str, float], None]

NATS = math.log(2)


@dataclass(frozen=True)
class CompressOptions:
    """How to compress. `threads`, `batch` and `device` decide the speed and never a byte.

    `solver` is that of tours, and is not looked at where there is none.
    alpha, kernel: of an urn (`exact.urn.UrnRule`); None takes the cheapest by estimate.
    `shard_size`: the most images in a shard; all in one by default. Shards are independent, so
    that a damaged one costs no image of another; but S shards of a `set` cost log2 S bits an
    image.
    """

    order: str = "keep"
    ordering: str = "auto"
    coder: str = "ans"
    threads: int = 2
    batch: int = 256
    alpha: int | None = None
    kernel: int | None = None
    shard_size: int | None = None
    solver: str = "improved"
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.order not in ("keep", "any"):
            raise DataError(f"the order is keep or any, not {self.order!r}")
        if self.coder not in CODERS:
            raise CoderError(f"unknown coder {self.coder!r}; there is {', '.join(CODERS)}")
        if self.solver not in SOLVERS:
            raise CoderError(f"unknown solver {self.solver!r}; there is {', '.join(SOLVERS)}")
        if self.threads < 1 or self.batch < 1:
            raise DataError("threads and batch are at least 1")
        if self.ordering != "urn" and (self.alpha, self.kernel) != (None, None):
            raise DataError("an alpha and a kernel go with the ordering `urn`")
        if not 1 <= (1 if self.alpha is None else self.alpha) <= MAX_ALPHA:
            raise DataError(f"alpha is 1 to {MAX_ALPHA}, not {self.alpha}")
        if not 0 <= (self.kernel or 0) <= MAX_KERNEL:
            raise DataError(f"the kernel is 0 to {MAX_KERNEL}, not {self.kernel}")
        if self.shard_size is not None and self.shard_size < 1:
            raise DataError("a shard has at least 1 image")


@dataclass(frozen=True)
class CompressStats:
    """What a compression cost. Per-image fields are None when there are no images.

    `nats_per_image` counts every byte of the file but `side_bytes`; `ideal_nats_per_image`
    is -log2 of the integer frequencies used, bits-back subtracted, and splits into KL,
    reconstruction and order (log2 N! where one is stored, less than nothing in a set);
    `initial_bits` is what the stack holds beyond the ideal: the digest at its bottom and the
    coder's rounding; `estimates` are what each ordering was thought to cost, latents and order,
    nats an image, before one was taken; `solver` is that of the tour, if it is one.
    """

    images: int
    raw_bytes: int
    array_bytes: int
    file_bytes: int
    side_bytes: int
    stack_bytes: int
    other_bytes: int
    bits_per_image: float | None
    nats_per_image: float | None
    ideal_nats_per_image: float | None
    kl_nats_per_image: float | None
    reconstruction_nats_per_image: float | None
    order_nats_per_image: float | None
    initial_bits: float
    order: str
    ordering: str
    solver: str | None
    coder: str
    model: str
    model_sha256: str
    distinct: int
    estimates: dict[str, float]
    alpha: int | None = None
    kernel: int | None = None

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return asdict(self)


def _silent(_stage: str, _share: float) -> None:
    return None


def check_fit(data: DataSet, model: FrozenModel) -> None:
    """Raise `ModelError` unless `model` codes images of this shape and number of levels."""
    ours, theirs = data.shape, model.config.image_shape
    if ours != theirs or data.levels != model.config.levels:
        raise ModelError(
            f"model {model.name} codes {theirs} images of {model.config.levels} levels, "
            f"the data has {ours} images of {data.levels} levels"
        )
    try:
        check_label(model.name, "the model's name")
    except FormatError as error:  # the header would be refused, but only after all the work
        raise ModelError(str(error)) from error


def compress_dataset(
    data: DataSet,
    model: FrozenModel,
    options: CompressOptions,
    file: BinaryIO,
    progress: Progress | None = None,
) -> CompressStats:
    """Write `data` to `file` as an .acn archive.

    Raises `ModelError` if the model does not fit the data, `CoderError` if it cannot be coded,
    `TooLargeError` if there is too little memory.
    """
    check_fit(data, model)
    keep, tell = options.order == "keep", progress or _silent
    if options.shard_size is not None and data.count > options.shard_size * MAX_SHARDS:
        raise DataError(f"{data.count} images make more than {MAX_SHARDS} shards")
    with memory_errors():
        check_coder(options.coder)
        check_headroom(options.threads)
        check_products(model)
        shards = arrange_shards(data, keep, options.shard_size)
        coded: list[CodedShard] = []
        for index, arranged in enumerate(shards):
            coded.append(
                push_shard(
                    arranged, model,
                    # `auto` looks at the first shard, and all follow it.
                    ordering=coded[0].header.strategy if coded else options.ordering,
                    solver=options.solver, keep=keep, threads=options.threads, batch=options.batch,
                    device=options.device,
                    coder=options.coder, progress=_part(tell, index, len(shards)),
                    alpha=options.alpha, kernel=options.kernel,
                )
            )  # fmt: skip
        header = Header(
            model_id=model.model_id, model_name=model.name, profile=model.profile,
            coder=options.coder, order=options.order, spec=data.spec, shape=data.shape,
            shards=tuple(shard.header for shard in coded),
        )  # fmt: skip
        sections = []
        for index, (shard, arranged) in enumerate(zip(coded, shards, strict=True)):
            sections.append(Section(SectionType.STACK, index, shard.payload))
            if arranged.duplicates:
                sections.append(Section(SectionType.DUPLICATES, index, arranged.duplicates))
        # Labels are coded given all images: several shards, which do not need one another, keep
        # them apart.
        context = None
        if len(shards) == 1:
            arranged = shards[0]
            context = known_context(coded[0].codes, arranged.pixels, arranged.rows, data.levels)
        header, side_sections = pack_arrays(shards[0].side, header, context)
        sections += side_sections
        write_archive(file, header, sections)
        sizes = archive_bytes(header, sections)
    return _stats(data, model, options, coded, sizes.total, sizes.side)


def _part(progress: Progress, index: int, count: int) -> Progress:
    """The progress of shard `index` of `count`, as a share of the whole."""
    return lambda stage, share: progress(stage, (index + share) / count)


def _stats(
    data: DataSet, model: FrozenModel, options: CompressOptions, coded: Sequence[CodedShard],
    file_bytes: int, side_bytes: int,
) -> CompressStats:  # fmt: skip
    count, stack_bytes = data.count, sum(len(shard.payload) for shard in coded)
    ideal_bits = sum(shard.ideal_bits for shard in coded)
    rule = coded[0].rule

    def per_image(bits: float) -> float | None:
        return bits * NATS / count if count else None

    file_bits = 8 * (file_bytes - side_bytes)
    return CompressStats(
        images=count, raw_bytes=data.raw_bytes, array_bytes=data.array_bytes,
        file_bytes=file_bytes, side_bytes=side_bytes, stack_bytes=stack_bytes,
        other_bytes=file_bytes - side_bytes - stack_bytes,
        bits_per_image=file_bits / count if count else None,
        nats_per_image=per_image(file_bits),
        ideal_nats_per_image=per_image(ideal_bits),
        kl_nats_per_image=per_image(sum(shard.tally.latent_bits for shard in coded)),
        reconstruction_nats_per_image=per_image(sum(shard.tally.pixel_bits for shard in coded)),
        order_nats_per_image=per_image(sum(shard.tally.order_bits for shard in coded)),
        initial_bits=8 * stack_bytes - ideal_bits,
        order=options.order, ordering=coded[0].header.strategy,
        solver=options.solver if coded[0].header.strategy == "tour" else None, coder=options.coder,
        model=model.name, model_sha256=model.model_id.hex(),
        distinct=sum(shard.header.distinct for shard in coded),
        alpha=rule.alpha if rule else None, kernel=rule.kernel if rule else None,
        estimates=_estimates(coded[0]),
    )  # fmt: skip


def _estimates(shard: CodedShard) -> dict[str, float]:
    """What `auto` thought, of the first shard, nats an image."""
    count = shard.header.count
    return {name: bits * NATS / count for name, bits in shard.estimates.items() if count}


def decompress_archive(
    path: Path,
    model: FrozenModel,
    threads: int = 2,
    batch: int = 256,
    progress: Progress | None = None,
    device: str = "cpu",
) -> DataSet:
    """Read the .acn archive at `path` and give back what went in, checked by its digest.

    Raises `FormatError` on a malformed file, `CorruptionError` when the content is not what
    was written, `ModelError` when `model` is not the one named in the header, `TooLargeError`
    when this machine has too little memory.
    """
    with memory_errors():
        archive = read_archive(path)
        check_header(archive.header, model)
        check_headroom(threads)
        check_products(model)
        with Workers(threads, batch, device) as workers:
            parts = [
                pop_shard(archive, index, model, workers, progress or _silent)
                for index in range(len(archive.header.shards))
            ]
            pixels = np.concatenate(parts)
            return assemble(archive, pixels, decoded_context(model, pixels, workers))


def check_header(header: Header, model: FrozenModel) -> None:
    """Raise `ModelError` unless `model` is the one that `header` names, `FormatError` if the
    header asks for what no model of this name has, `TooLargeError` for too many images."""
    if header.model_id != model.model_id:
        raise ModelError(
            f"the archive needs model {header.model_name} ({header.model_id.hex()}), "
            f"this is {model.name} ({model.model_id.hex()})"
        )
    if header.coder not in CODERS:
        raise FormatError(f"unknown coder {header.coder!r}; there is {', '.join(CODERS)}")
    ours = model.profile, model.config.image_shape, model.config.levels
    if (header.profile, header.shape, len(header.spec.values)) != ours:
        raise FormatError("the header's profile, image shape or levels are not the model's")
    check_coder(header.coder)
    if model.prior is None and any(shard.strategy in NETWORK_STRATEGIES for shard in header.shards):
        raise FormatError(f"the strategy is tour or urn, but the profile {header.profile} has none")
    check_fits(header.count * math.prod(header.shape), f"{header.count} images")


def assemble(archive: Archive, pixels: NDArray[np.uint8], context: Context) -> DataSet:
    """The data set of all images, level indexes (N, C, H, W), and the archive's side data.

    Raises `FormatError` on malformed side data, `CorruptionError` if the parts do not fit.
    """
    header = archive.header
    try:
        side = unpack_arrays(archive, context)
        return DataSet(pixels, header.spec, side, header.spec.to_array(pixels).nbytes)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error
