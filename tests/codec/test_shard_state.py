"""A shard in pieces is the shard, and no image of it is decoded twice."""

from __future__ import annotations

import io

import mixed_sets
import numpy as np
import pytest
from tiny import blobs

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compress_mixed import code_assigned
from acncodec.codec.shard_state import OpenShard, WholeShard
from acncodec.codec.written import ShardState
from acncodec.container import Archive, SectionType, read_archive
from acncodec.errors import CorruptionError, DataError
from acncodec.images import DataSet, ImageSpec
from acncodec.mixed.pop import pop_mixed
from acncodec.models.frozen import FrozenModel
from acncodec.run.progress import silent
from acncodec.run.workers import Workers
from acncodec.shards.pop import pop_shard

COUNT = 60
ORDERS = [
    ("keep", "iid"), ("keep", "tour"), *(("any", name) for name in ("iid", "tour", "set", "urn")),
]  # fmt: skip


def packed(model: FrozenModel, order: str, ordering: str, coder: str = "ans") -> Archive:
    """Images of which some come twice."""
    pixels, file = blobs(COUNT, 3), io.BytesIO()
    pixels[[7, 8, 41]] = pixels[[2, 2, 40]]
    data = DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)))
    compress_dataset(data, model, CompressOptions(order, ordering, coder, threads=1), file)
    return read_archive(file)


@pytest.mark.parametrize(("order", "ordering"), ORDERS)
def test_images_in_any_order_are_those_of_the_whole(
    tiny_model: FrozenModel, order: str, ordering: str
) -> None:
    archive = packed(tiny_model, order, ordering)
    told: list[float] = []
    with Workers(1, 16) as workers:
        whole = pop_shard(archive, 0, tiny_model, workers, silent)
        state = OpenShard(archive, 0, tiny_model)
        assert (state.decoded, state.is_whole) == (0, False)
        for row in np.random.default_rng(1).permutation(COUNT).tolist():
            before = state.decoded
            wanted = np.array([row])
            state.decode(wanted, workers, lambda _stage, share: told.append(share))
            assert not state.lacks(wanted)
            assert np.array_equal(state.images(wanted), whole[[row]])
            assert state.decoded >= before
            assert order == "keep" or state.is_whole
    assert state.is_whole and state.decoded == COUNT - 3
    # Each image was told of once.
    assert told == sorted(told) and told[-1] == 1.0 and len(set(told)) == len(told)


@pytest.mark.parametrize("ordering", ["iid", "tour"])
def test_no_batch_is_decoded_before_it_is_needed(tiny_model: FrozenModel, ordering: str) -> None:
    archive = packed(tiny_model, "keep", ordering)
    sizes = archive.uniform.shards[0].sizes
    assert len(sizes) > 2
    with Workers(1, 16) as workers:
        costs = []
        for row in range(COUNT):
            state = OpenShard(archive, 0, tiny_model)
            assert state.lacks(np.array([row]))
            state.decode(np.array([row]), workers, silent)
            costs.append(state.decoded)
        assert {*costs} <= {*np.cumsum(sizes).tolist()} and len({*costs}) == len(sizes)
        several = np.argsort(costs, kind="stable")[[0, COUNT // 2]]
        state = OpenShard(archive, 0, tiny_model)
        state.decode(several, workers, silent)
        assert state.decoded == costs[several[1]]


def test_threads_may_differ_from_one_look_to_the_next(tiny_model: FrozenModel) -> None:
    archive = packed(tiny_model, "keep", "iid")
    state = OpenShard(archive, 0, tiny_model)
    found = []
    for start, threads in ((0, 1), (5, 3), (40, 2)):
        with Workers(threads, 4) as workers:
            state.decode(np.arange(start, start + 20), workers, silent)
            found.append(state.images(np.arange(start, start + 20)))
    with Workers(1, 256) as workers:
        whole = pop_shard(archive, 0, tiny_model, workers, silent)
    for part, start in zip(found, (0, 5, 40), strict=True):
        assert np.array_equal(part, whole[start : start + 20])


def test_memory_is_that_of_the_images_and_of_the_stack_while_it_is_needed(
    tiny_model: FrozenModel,
) -> None:
    archive = packed(tiny_model, "keep", "iid")
    state = OpenShard(archive, 0, tiny_model)
    assert state.nbytes == COUNT * 64 + len(archive.stack(0))
    with Workers(1, 16) as workers:
        state.decode(np.arange(COUNT), workers, silent)
    assert state.nbytes == COUNT * 64


def test_the_digest_is_compared_when_the_last_image_is_there(tiny_model: FrozenModel) -> None:
    from forge import STACK, take_apart

    pixels, file = blobs(COUNT, 3), io.BytesIO()
    data = DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)))
    compress_dataset(data, tiny_model, CompressOptions("keep", "iid", threads=1), file)
    parts = take_apart(file.getvalue())
    payload = bytearray(parts.payload(STACK, 0))
    payload[3] ^= 1  # of the seed, which is at the bottom
    bad = read_archive(io.BytesIO(parts.having_payload(bytes(payload), STACK, 0).to_bytes()))
    state = OpenShard(bad, 0, tiny_model)
    with Workers(1, 16) as workers, pytest.raises(CorruptionError):
        state.decode(np.arange(COUNT), workers, silent)
    assert not state.is_whole


@pytest.mark.parametrize("order", ["keep", "any"])
def test_a_shard_of_a_mixed_set_is_decoded_whole_and_once(order: str) -> None:
    data = mixed_sets.mixed_set()
    coded = code_assigned(data, mixed_sets.by_channels, mixed_sets.models(), CompressOptions(order))
    archive, models, popped = read_archive(io.BytesIO(coded.data)), mixed_sets.models(), 0
    header = archive.header
    assert any(section.kind == SectionType.STORED for section in archive.sections)

    def pop(workers: Workers, progress: object) -> object:
        nonlocal popped
        popped += 1
        return pop_mixed(archive, header, 0, models, workers, silent)  # type: ignore[arg-type]

    shard = header.shards[0]
    state: ShardState = WholeShard(pop, shard.distinct, 7)  # type: ignore[arg-type]
    assert (state.decoded, state.nbytes) == (0, 7)
    assert state.lacks(np.array([0]))
    with pytest.raises(DataError, match="not decoded yet"):
        state.images(np.array([0]))
    with Workers(1, 16) as workers:
        whole = pop_mixed(archive, header, 0, models, workers, silent)  # type: ignore[arg-type]
        for rows in ([3, 1], [5], [0]):
            state.decode(np.array(rows), workers, silent)
            found = state.images(np.array(rows))
            for place, row in enumerate(rows):
                assert np.array_equal(found.image(place), whole.image(row))  # type: ignore[union-attr]
    assert popped == 1 and state.decoded == shard.distinct
