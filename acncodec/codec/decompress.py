"""An archive to a data set in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.coding.neighbours import Neighbours
from acncodec.container import CODERS, Archive, Header, read_archive, read_header
from acncodec.demand import check_demand, demand_of
from acncodec.errors import CorruptionError, DataError, FormatError, ModelError
from acncodec.images import DataSet, SideArray, check_together
from acncodec.labels import Context, decoded_context, unpack_arrays
from acncodec.memory import check_fits, check_headroom, memory_errors
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.ordering.choose import strategies_for
from acncodec.parallel import Lanes
from acncodec.run.workers import Workers
from acncodec.shard_pop import pop_shard
from acncodec.stack.coders import check_coder

Progress = Callable[[str, float], None]


def decompress_archive(
    path: Path,
    model: FrozenModel,
    threads: int = 2,
    batch: int = 256,
    progress: Progress | None = None,
    device: str = "cpu",
    allow_large: bool = False,
) -> DataSet:
    """Read the .acn archive at `path` and give back what went in, checked by its digest.

    Raises `FormatError` on a malformed file, `CorruptionError` when the content is not what
    was written, `ModelError` when `model` is not the one named in the header, `TooLargeError`
    when this machine has too little memory, or the file asks for more than its bytes are worth and
    `allow_large` does not let it.
    """
    with memory_errors(), opened(path, model, threads, allow_large=allow_large) as archive:
        check_memory(archive.uniform, archive.uniform.count)
        with Lanes(threads, batch, len(archive.uniform.shards), device) as lanes:
            pixels = np.concatenate(list(pop_shards(archive, model, lanes, progress)))
            return assemble(archive, pixels, _context(archive, model, pixels, lanes.workers))


@contextmanager
def opened(
    path: Path, model: FrozenModel, threads: int, shards: Collection[int] | None = None,
    *, allow_large: bool = False,
) -> Iterator[Archive]:  # fmt: skip
    """The archive at `path`, or some shards of it, ready to be decoded with `model`.

    Raises as `decompress_archive` does.
    """
    info = read_header(path)
    check_header(info.uniform, model)
    check_demand(demand_of(info.header, info.file_bytes, [model], shards), allow_large)
    archive = read_archive(path, shards)
    check_headroom(threads)
    check_products(model)
    yield archive


def pop_shards(
    archive: Archive, model: FrozenModel, lanes: Lanes, progress: Progress | None
) -> Iterator[NDArray[Any]]:
    """The images of each shard, (N, C, H, W), in order, each checked by its digest."""

    def pop(index: int, workers: Workers, tell: Progress) -> NDArray[Any]:
        return pop_shard(archive, index, model, workers, tell)

    return lanes.map(pop, progress or (lambda _stage, _share: None))


def check_header(header: Header, model: FrozenModel) -> None:
    """Raise `ModelError` unless `model` is the one that `header` names, `FormatError` if the
    header asks for what no model of this name has."""
    if header.model_id != model.model_id:
        raise ModelError(
            f"the archive needs model {header.model_name} ({header.model_id.hex()}), "
            f"this is {model.name} ({model.model_id.hex()})"
        )
    if header.coder not in CODERS:
        raise FormatError(f"unknown coder {header.coder!r}; there is {', '.join(CODERS)}")
    levels = len(header.spec.values)
    if header.profile != model.profile or not model.accepts.takes(header.shape, levels):
        raise FormatError("the header's profile, image shape or levels are not the model's")
    check_coder(header.coder, levels)
    possible = strategies_for(model.latents.conditional, keep=False)
    for strategy in {shard.strategy for shard in header.shards}.difference(possible):
        raise FormatError(
            f"the strategy is {strategy}, but the profile {header.profile} has no prior network"
        )


def check_memory(header: Header, images: int) -> None:
    """Raise `TooLargeError` for more images at once than this machine can hold."""
    check_fits(images * header.image_bytes, f"{images} images")


def assemble(archive: Archive, pixels: NDArray[Any], context: Context) -> DataSet:
    """The data set of all images, level indexes (N, C, H, W), and the archive's side data.

    Raises `FormatError` on malformed side data, `CorruptionError` if the parts do not fit.
    """
    header = archive.uniform
    try:
        side = unpack_arrays(archive, context)
        return DataSet(pixels, header.spec, side, header.spec.to_array(pixels).nbytes)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error


def _context(
    archive: Archive, model: FrozenModel, pixels: NDArray[Any], workers: Workers
) -> Context:
    return decoded_context(model, pixels, len(archive.uniform.spec.values), workers)


def side_alone(archive: Archive) -> tuple[SideArray, ...]:
    """The side data of an archive without labels, which needs no image. Raises as `assemble`."""
    try:
        side = unpack_arrays(archive, _no_neighbours)
        check_together(archive.uniform.spec, side, archive.uniform.count)
    except DataError as error:
        raise CorruptionError(f"the arrays do not fit together: {error}") from error
    return side


def _no_neighbours(_pixel_weight: int) -> Neighbours:
    raise CorruptionError("there are labels, but no images given which they are coded")
