"""Compress and decompress: where images, networks, order, stack and file meet."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from acncodec.arrange import arrange
from acncodec.coding.coders import check_coder
from acncodec.coding.pixels import Workers
from acncodec.container import (
    CODERS,
    MAX_ALPHA,
    MAX_KERNEL,
    Header,
    Section,
    SectionType,
    archive_bytes,
    pack_side,
    read_archive,
    unpack_side,
    write_archive,
)
from acncodec.errors import CoderError, CorruptionError, DataError, FormatError, ModelError
from acncodec.exact.model import PROFILE, FrozenModel
from acncodec.exact.selftest import check_products
from acncodec.images import DataSet
from acncodec.shards import CodedShard, pop_shard, push_shard

Progress = Callable[[str, float], None]

NATS = math.log(2)


@dataclass(frozen=True)
class CompressOptions:
    """How to compress. `threads` and `batch` decide the speed and never a byte.

    alpha, kernel: of an urn (`exact.urn.UrnRule`); None takes the cheapest by estimate.
    """

    order: str = "keep"
    ordering: str = "auto"
    coder: str = "ans"
    threads: int = 2
    batch: int = 256
    alpha: int | None = None
    kernel: int | None = None

    def __post_init__(self) -> None:
        if self.order not in ("keep", "any"):
            raise DataError(f"the order is keep or any, not {self.order!r}")
        if self.coder not in CODERS:
            raise CoderError(f"unknown coder {self.coder!r}; there is {', '.join(CODERS)}")
        if self.threads < 1 or self.batch < 1:
            raise DataError("threads and batch are at least 1")
        if self.ordering != "urn" and (self.alpha, self.kernel) != (None, None):
            raise DataError("an alpha and a kernel go with the ordering `urn`")
        if not 1 <= (1 if self.alpha is None else self.alpha) <= MAX_ALPHA:
            raise DataError(f"alpha is 1 to {MAX_ALPHA}, not {self.alpha}")
        if not 0 <= (self.kernel or 0) <= MAX_KERNEL:
            raise DataError(f"the kernel is 0 to {MAX_KERNEL}, not {self.kernel}")


@dataclass(frozen=True)
class CompressStats:
    """What a compression cost. Per-image fields are None when there are no images.

    `nats_per_image` counts every byte of the file but `side_bytes`; `ideal_nats_per_image`
    is -log2 of the integer frequencies used, bits-back subtracted, and splits into KL,
    reconstruction and order (log2 N! where one is stored, less than nothing in a set);
    `initial_bits` is what the stack holds beyond the ideal: the digest at its bottom and the
    coder's rounding.
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
    coder: str
    model: str
    model_sha256: str
    distinct: int
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


def compress_dataset(
    data: DataSet,
    model: FrozenModel,
    options: CompressOptions,
    file: BinaryIO,
    progress: Progress | None = None,
) -> CompressStats:
    """Write `data` to `file` as an .acn archive.

    Raises `ModelError` if the model does not fit the data, `CoderError` if it cannot be coded.
    """
    check_fit(data, model)
    check_coder(options.coder)
    check_products(model)
    arranged = arrange(data, keep=options.order == "keep")
    coded = push_shard(
        arranged, model, ordering=options.ordering, keep=options.order == "keep",
        coder=options.coder, threads=options.threads, batch=options.batch,
        progress=progress or _silent, alpha=options.alpha, kernel=options.kernel,
    )  # fmt: skip
    header = Header(
        model_id=model.model_id, model_name=model.name, profile=PROFILE, coder=options.coder,
        order=options.order, spec=data.spec, shape=data.shape, shards=(coded.header,),
    )  # fmt: skip
    sections = [Section(SectionType.STACK, 0, coded.payload)]
    if arranged.duplicates:
        sections.append(Section(SectionType.DUPLICATES, 0, arranged.duplicates))
    if arranged.side:
        sections.append(Section(SectionType.SIDE, 0, pack_side(arranged.side)))
    write_archive(file, header, sections)
    sizes = archive_bytes(header, sections)
    return _stats(data, model, options, coded, sizes.total, sizes.side)


def _stats(
    data: DataSet, model: FrozenModel, options: CompressOptions, coded: CodedShard,
    file_bytes: int, side_bytes: int,
) -> CompressStats:  # fmt: skip
    count, stack_bytes = data.count, len(coded.payload)

    def per_image(bits: float) -> float | None:
        return bits * NATS / count if count else None

    file_bits = 8 * (file_bytes - side_bytes)
    return CompressStats(
        images=count, raw_bytes=data.raw_bytes, array_bytes=data.array_bytes,
        file_bytes=file_bytes, side_bytes=side_bytes, stack_bytes=stack_bytes,
        other_bytes=file_bytes - side_bytes - stack_bytes,
        bits_per_image=file_bits / count if count else None,
        nats_per_image=per_image(file_bits),
        ideal_nats_per_image=per_image(coded.ideal_bits),
        kl_nats_per_image=per_image(coded.tally.latent_bits),
        reconstruction_nats_per_image=per_image(coded.tally.pixel_bits),
        order_nats_per_image=per_image(coded.tally.order_bits),
        initial_bits=8 * stack_bytes - coded.ideal_bits,
        order=options.order, ordering=coded.header.strategy, coder=options.coder,
        model=model.name, model_sha256=model.model_id.hex(), distinct=coded.header.distinct,
        alpha=coded.rule.alpha if coded.rule else None,
        kernel=coded.rule.kernel if coded.rule else None,
    )  # fmt: skip


def decompress_archive(
    path: Path,
    model: FrozenModel,
    threads: int = 2,
    batch: int = 256,
    progress: Progress | None = None,
) -> DataSet:
    """Read the .acn archive at `path` and give back what went in, checked by its digest.

    Raises `FormatError` on a malformed file, `CorruptionError` when the content is not what
    was written, `ModelError` when `model` is not the one named in the header.
    """
    archive = read_archive(path)
    header = archive.header
    if header.model_id != model.model_id:
        raise ModelError(
            f"the archive needs model {header.model_name} ({header.model_id.hex()}), "
            f"this is {model.name} ({model.model_id.hex()})"
        )
    if header.coder not in CODERS:
        raise FormatError(f"unknown coder {header.coder!r}; there is {', '.join(CODERS)}")
    ours = PROFILE, model.config.image_shape, model.config.levels
    if (header.profile, header.shape, len(header.spec.values)) != ours:
        raise FormatError("the header's profile, image shape or levels are not the model's")
    check_coder(header.coder)
    check_products(model)
    parts = []
    with Workers(threads, batch) as workers:
        for index in range(len(header.shards)):
            part = pop_shard(archive, index, model, workers, progress or _silent)
            parts.append(part)
    pixels = np.concatenate(parts) if parts else np.zeros((0, *header.shape), np.uint8)
    try:
        side = unpack_side(archive.side, header.count) if archive.side is not None else ()
        return DataSet(pixels, header.spec, side, header.spec.to_array(pixels).nbytes)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error
