"""Compress and decompress: where images, networks, order, stack and file meet."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from acncodec.arrange import Arrangement, arrange, pixels_digest, restore
from acncodec.coding.bitsback import Tally, encode_images, pop_all, push_all
from acncodec.coding.codec import Permutation
from acncodec.coding.pixels import PixelCodec, Workers
from acncodec.coding.stack import WORD_BITS, Stack, StackExhaustedError, seed_words
from acncodec.container import (
    Archive,
    Header,
    Section,
    SectionType,
    ShardHeader,
    archive_bytes,
    pack_side,
    read_archive,
    unpack_side,
    write_archive,
)
from acncodec.errors import CoderError, CorruptionError, DataError, ModelError
from acncodec.exact.model import PROFILE, FrozenModel
from acncodec.exact.selftest import check_products
from acncodec.images import DataSet
from acncodec.ordering.estimate import grid_samples, posterior_bits, unconditional_bits
from acncodec.ordering.plan import Plan, make_plan, permutation_bits
from acncodec.ordering.schedule import build_schedule

Progress = Callable[[str, float], None]
Pixels = NDArray[np.uint8]
Ints = NDArray[np.int64]

NATS = math.log(2)
GAIN_SAMPLE = 64
MAX_SEED_BLOCKS = 64


@dataclass(frozen=True)
class CompressOptions:
    """How to compress. `threads` and `batch` decide the speed and never a byte."""

    order: str = "keep"
    ordering: str = "auto"
    coder: str = "ans"
    threads: int = 2
    batch: int = 256

    def __post_init__(self) -> None:
        if self.order not in ("keep", "any"):
            raise DataError(f"the order is keep or any, not {self.order!r}")
        if self.coder != "ans":
            raise CoderError(f"unknown coder {self.coder!r}; there is ans")
        if self.threads < 1 or self.batch < 1:
            raise DataError("threads and batch are at least 1")


@dataclass(frozen=True)
class CompressStats:
    """What a compression cost. Per-image fields are None when there are no images.

    `nats_per_image` counts every byte of the file but `side_bytes`; `ideal_nats_per_image`
    is -log2 of the integer frequencies used, bits-back subtracted, and splits into KL,
    reconstruction and, in a stored order, log2 N!; `initial_bits` is what the stack holds
    beyond the ideal: the digest at its bottom and the coder's rounding.
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

    def to_json(self) -> dict[str, Any]:
        """A dictionary of plain values."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class _Coded:
    """One shard on its stack."""

    words: NDArray[np.uint32]
    header: ShardHeader
    tally: Tally
    ideal_bits: float


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


def _expected_gain(model: FrozenModel, pixels: Pixels, codes: Ints, workers: Workers) -> float:
    """Bits by which an image lengthens the stack, from a few of them and one latent each."""
    rows = np.unique(np.linspace(0, len(pixels) - 1, min(len(pixels), GAIN_SAMPLE)).astype(int))
    z = grid_samples(codes[rows], seed=0).clip(-model.prior.reach, model.prior.reach)
    bits = PixelCodec(model.decoder, z, workers).bits(pixels[rows])
    kl = unconditional_bits(model.mixture, z).mean() - posterior_bits(codes.shape[1])
    # A conditional prior costs less: count half of the latent's price.
    return float(bits / len(rows) + max(0.0, kl) / 2)


def _attempts(gain: float) -> Iterator[tuple[float, int]]:
    """Ever more careful (gain, seed blocks); the first one nearly always does."""
    yield from ((gain * share, 1) for share in (0.8, 0.5, 0.2, 0.0))
    blocks = 2
    while blocks <= MAX_SEED_BLOCKS:
        yield 0.0, blocks
        blocks *= 2


def _push_shard(
    arranged: Arrangement, model: FrozenModel, options: CompressOptions, progress: Progress
) -> _Coded:
    keep = options.order == "keep"
    pixels, distinct = arranged.pixels, len(arranged.pixels)
    with Workers(options.threads, options.batch) as workers:
        progress("encoding", 0.0)
        codes = encode_images(model, pixels, workers)
        gain = _expected_gain(model, pixels, codes, workers) if distinct else 0.0
        for share, blocks in _attempts(gain):
            progress("ordering", 0.0)
            try:
                plan = make_plan(
                    model, codes, ordering=options.ordering, keep=keep, gain=share, blocks=blocks
                )
                stack = Stack.seeded(arranged.digest, blocks)
                tally = _push_planned(stack, plan, model, pixels, codes, workers, progress)
            except StackExhaustedError:
                continue
            header = ShardHeader(
                arranged.count, distinct, plan.strategy, plan.permuted, plan.schedule.sizes, blocks
            )
            words = stack.words()
            _check_plausible(words, distinct, CoderError("the images cost under a bit each"))
            return _Coded(words, header, tally, stack.ideal_bits)
    raise CoderError("the images cost too few bits to carry their latents")


def _check_plausible(words: NDArray[np.uint32], distinct: int, error: Exception) -> None:
    """Format 1: a stack holds at least one bit for each image, so a count cannot lie wildly."""
    if distinct > WORD_BITS * len(words):
        raise error


def _push_planned(
    stack: Stack, plan: Plan, model: FrozenModel, pixels: Pixels, codes: Ints,
    workers: Workers, progress: Progress,
) -> Tally:  # fmt: skip
    done, order = 0, plan.order

    def count(images: int) -> None:
        nonlocal done
        done += images
        progress("coding", done / max(1, len(pixels)))

    tally = push_all(stack, model, plan.schedule, pixels[order], codes[order], workers, count)
    if plan.permuted:
        Permutation(len(order)).push(stack, order)
    return tally


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
    check_products(model)
    arranged = arrange(data, keep=options.order == "keep")
    coded = _push_shard(arranged, model, options, progress or _silent)
    header = Header(
        model_id=model.model_id, model_name=model.name, profile=PROFILE, coder=options.coder,
        order=options.order, spec=data.spec, shape=data.shape, shards=(coded.header,),
    )  # fmt: skip
    sections = [Section(SectionType.STACK, 0, coded.words.astype("<u4").tobytes())]
    if arranged.duplicates:
        sections.append(Section(SectionType.DUPLICATES, 0, arranged.duplicates))
    if arranged.side:
        sections.append(Section(SectionType.SIDE, 0, pack_side(arranged.side)))
    write_archive(file, header, sections)
    sizes = archive_bytes(header, sections)
    return _stats(data, model, options, coded, sizes.total, sizes.side)


def _stats(
    data: DataSet, model: FrozenModel, options: CompressOptions, coded: _Coded,
    file_bytes: int, side_bytes: int,
) -> CompressStats:  # fmt: skip
    count, stack_bytes = data.count, 4 * len(coded.words)

    def per_image(bits: float) -> float | None:
        return bits * NATS / count if count else None

    file_bits = 8 * (file_bytes - side_bytes)
    order_bits = permutation_bits(coded.header.distinct) if coded.header.permuted else 0.0
    return CompressStats(
        images=count, raw_bytes=data.raw_bytes, array_bytes=data.array_bytes,
        file_bytes=file_bytes, side_bytes=side_bytes, stack_bytes=stack_bytes,
        other_bytes=file_bytes - side_bytes - stack_bytes,
        bits_per_image=file_bits / count if count else None,
        nats_per_image=per_image(file_bits),
        ideal_nats_per_image=per_image(coded.ideal_bits),
        kl_nats_per_image=per_image(coded.tally.latent_bits),
        reconstruction_nats_per_image=per_image(coded.tally.pixel_bits),
        order_nats_per_image=per_image(order_bits),
        initial_bits=8 * stack_bytes - coded.ideal_bits,
        order=options.order, ordering=coded.header.strategy, coder=options.coder,
        model=model.name, model_sha256=model.model_id.hex(), distinct=coded.header.distinct,
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
    if header.profile != PROFILE or header.shape != model.config.image_shape:
        raise CorruptionError("the header's profile or image shape is not the model's")
    check_products(model)
    parts = []
    with Workers(threads, batch) as workers:
        for index in range(len(header.shards)):
            part = _pop_shard(archive, index, model, workers, progress or _silent)
            parts.append(part)
    pixels = np.concatenate(parts) if parts else np.zeros((0, *header.shape), np.uint8)
    try:
        side = unpack_side(archive.side, header.count) if archive.side is not None else ()
        return DataSet(pixels, header.spec, side, header.spec.to_array(pixels).nbytes)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error


def _pop_shard(
    archive: Archive, index: int, model: FrozenModel, workers: Workers, progress: Progress
) -> Pixels:
    header, shard = archive.header, archive.header.shards[index]
    words = np.frombuffer(archive.stack(index), "<u4").astype(np.uint32)
    _check_plausible(words, shard.distinct, CorruptionError(f"shard {index} is too short"))
    stack = Stack(words, seal=False)
    done = 0

    def count(images: int) -> None:
        nonlocal done
        done += images
        progress("decoding", done / max(1, shard.distinct))

    keep = header.order == "keep"
    schedule = build_schedule(shard.strategy, shard.sizes)
    if shard.permuted and not keep:
        raise CorruptionError(f"shard {index} stores an order that nothing needs")
    try:
        order = Permutation(shard.distinct).pop(stack) if shard.permuted else None
        decoded = pop_all(stack, model, schedule, workers, count)
    except CoderError as error:
        raise CorruptionError(f"shard {index}: what the stack holds makes no sense") from error
    if order is not None:
        pixels = np.empty_like(decoded)
        pixels[order] = decoded
    else:
        pixels = decoded
    duplicates = archive.duplicates(index) or b""
    if not duplicates and shard.count != shard.distinct:
        raise CorruptionError(f"shard {index} lacks its duplicates")
    written = restore(pixels, shard.count, duplicates, keep)
    expected = seed_words(pixels_digest(written), shard.seed_blocks)
    if not np.array_equal(stack.unsealed(), expected):
        raise CorruptionError(f"shard {index}: the decoded images do not match their digest")
    return written
