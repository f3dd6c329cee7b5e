"""Whatever goes in comes back: any small data set, in any way of compressing it.

Compared without the package's own comparison: bytes, names, types, shapes; in `any` the multiset
of images with their rows.
"""

from __future__ import annotations

import io
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from reading import decoded
from tiny import frozen

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.coding.multiset import Decoded, Remaining
from acncodec.container import Header, ShardHeader, pack_side, unpack_side
from acncodec.container.runs import pack_runs, unpack_runs
from acncodec.contracts.distribution import TOTAL
from acncodec.images import DataSet, ImageSpec, SideArray, load_npz, save_npz
from acncodec.images.recognised import recognise
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.batches import Budget, Need, iid_sizes, tour_sizes
from acncodec.ordering.schedule import lay_tour
from acncodec.ordering.strategies import STRATEGIES
from acncodec.stack.ans import Stack, StackExhaustedError
from acncodec.stack.distributions import Rows
from acncodec.stack.elementary import Permutation, Uniform

SHAPES = ((8, 8), (5, 7), (3, 12))
MAX_IMAGES = 12

QUICK = settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
DTYPES = st.one_of(
    arrays.scalar_dtypes(),
    arrays.byte_string_dtypes(max_len=3),
    arrays.unicode_string_dtypes(max_len=3),
    arrays.array_dtypes(arrays.integer_dtypes() | arrays.floating_dtypes(), max_size=3),
    st.sampled_from([
        np.dtype("S0"), np.dtype("V3"), np.dtype("V0"),
        np.dtype({"names": ["a", "b"], "formats": ["u1", "<i4"], "offsets": [0, 4]}),
    ]),
)  # fmt: skip


@cache
def model(shape: tuple[int, int]) -> FrozenModel:
    return frozen(5, "acn", *shape)


def noise(draw: st.DrawFn, dtype: np.dtype[Any], shape: tuple[int, ...]) -> np.ndarray:
    """An array of any bytes (but none of them out of place: text must be Unicode)."""
    count = int(np.prod(shape))
    if dtype.itemsize == 0:
        return np.ndarray(shape, dtype)
    if dtype.kind == "U":
        words = st.text(st.characters(exclude_categories=["Cs"]), max_size=dtype.itemsize // 4)
        drawn = draw(st.lists(words, min_size=count, max_size=count))
        return np.array(drawn, dtype).reshape(shape)
    seed = draw(st.integers(0, 2**32 - 1))
    raw = np.random.default_rng(seed).bytes(count * dtype.itemsize)
    return np.frombuffer(raw, dtype).reshape(shape).copy()


@st.composite
def data_sets(draw: st.DrawFn) -> DataSet:
    """Up to 12 images of two levels, some of them equal, and up to three arrays beside them."""
    height, width = draw(st.sampled_from(SHAPES))
    count = draw(st.integers(0, MAX_IMAGES))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    kinds = draw(st.integers(1, MAX_IMAGES))
    distinct = rng.random((kinds, 1, height, width)) < draw(st.floats(0, 1))
    pixels = distinct[rng.integers(0, kinds, count)].astype(np.uint8)
    is_bool = draw(st.booleans())
    levels = draw(st.lists(st.integers(0, 255), min_size=2, max_size=2, unique=True).map(sorted))
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    side = []
    for name in names[1:]:
        aligned = draw(st.booleans())
        shape = draw(arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
        array = noise(draw, draw(DTYPES), (count, *shape[1:]) if aligned else shape)
        side.append(SideArray(name, np.asfortranarray(array) if draw(st.booleans()) else array,
                              aligned=aligned))  # fmt: skip
    spec = ImageSpec(
        names[0], "bool" if is_bool else "uint8", draw(st.sampled_from(["nhw", "nhwc", "nchw"])),
        (0, 1) if is_bool else tuple(levels), draw(st.integers(0, len(side))),
    )  # fmt: skip
    return DataSet(pixels, spec, tuple(side))


WAYS = st.sampled_from([
    *(("keep", ordering) for ordering in ("iid", "tour", "auto")),
    *(("any", ordering) for ordering in ("iid", "tour", "set", "urn", "auto")),
])  # fmt: skip
SPEEDS = st.tuples(st.integers(1, 2), st.integers(1, 9))


def raw(array: np.ndarray) -> bytes:
    """All bytes of an array, those between the fields of a structure too."""
    structured = array.dtype.names is not None and array.dtype.itemsize > 0
    return (array.view(f"V{array.dtype.itemsize}") if structured else array).tobytes()


def about(side: SideArray) -> tuple[object, ...]:
    return side.name, side.aligned, side.array.dtype, side.array.shape


def images_with_rows(data: DataSet) -> Counter[tuple[bytes, ...]]:
    """How often each image occurs with each of its rows."""
    columns = [data.pixels, *(side.array for side in data.side if side.aligned)]
    return Counter(
        tuple(raw(column[row : row + 1]) for column in columns) for row in range(data.count)
    )


@QUICK
@given(data_sets(), WAYS, SPEEDS, SPEEDS, st.none() | st.integers(1, 5))
def test_every_data_set_comes_back(
    tmp_path: Path, data: DataSet, way: tuple[str, str], there: tuple[int, int],
    back: tuple[int, int], shard_size: int | None,
) -> None:  # fmt: skip
    path, (order, ordering) = tmp_path / "a.acn", way
    used = model((data.shape[1], data.shape[2]))
    with path.open("wb") as file:
        options = CompressOptions(order, ordering, "ans", *there, shard_size=shard_size)
        stats = compress_dataset(data, used, options, file)
    assert stats.file_bytes == path.stat().st_size
    found = decoded(path, used, *back)
    assert found.spec == data.spec and found.pixels.shape == data.pixels.shape
    assert [about(side) for side in found.side] == [about(side) for side in data.side]
    for given_, got in zip(data.side, found.side, strict=True):
        assert raw(got.array) == raw(given_.array) or (got.aligned and order == "any")
    assert images_with_rows(found) == images_with_rows(data)
    if order == "keep":
        assert found.pixels.tobytes() == data.pixels.tobytes()
    assert same_data(data, found, order)


@QUICK
@given(data_sets())
def test_every_data_set_goes_through_an_npz(data: DataSet) -> None:
    file = io.BytesIO()
    save_npz(file, data)
    found = load_npz(file)
    wanted = [(side.name, side.array) for side in data.side]
    wanted.insert(data.spec.position, (data.spec.name, data.spec.to_array(data.pixels)))
    assert list(found) == [name for name, _ in wanted]
    for name, array in wanted:
        assert found[name].dtype == array.dtype and found[name].shape == array.shape
        assert raw(found[name]) == raw(array)
    known = recognise(found, images=data.spec.name, layout=data.spec.layout)
    assert known.spec.dtype == data.spec.dtype and known.spec.position == data.spec.position


@QUICK
@given(data_sets())
def test_side_data_comes_back(data: DataSet) -> None:
    found = unpack_side(pack_side(data.side), data.count)
    assert [about(side) for side in found] == [about(side) for side in data.side]
    assert [raw(s.array) for s in found] == [raw(s.array) for s in data.side]


@st.composite
def distributions(draw: st.DrawFn) -> Rows:
    """Frequencies of one to six symbols with one to nine alternatives: any, and far from even."""
    rows, size = draw(st.integers(1, 6)), draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shares = rng.random((rows, size)) ** draw(st.integers(0, 40)) + 1e-300
    frequencies = np.floor(shares / shares.sum(1, keepdims=True) * (TOTAL - size)).astype(int) + 1
    frequencies[:, 0] += TOTAL - frequencies.sum(1)
    return Rows(frequencies)


@QUICK
@given(st.lists(distributions(), max_size=20), st.binary(min_size=32, max_size=32), st.data())
def test_a_stack_gives_back_what_was_pushed_and_then_itself(
    rows: list[Rows], digest: bytes, data: st.DataObject
) -> None:
    stack = Stack.seeded(digest)
    before, pushed = stack.words(), []
    for made in rows:
        last = made.alternatives - 1
        symbols = [data.draw(st.integers(0, last)) for _ in range(len(made))]
        pushed.append((np.array(symbols, np.int64), made))
        stack.push(*pushed[-1])
    whole = Stack(stack.words(), seal=False)
    for symbols, made in reversed(pushed):
        assert np.array_equal(whole.pop(made), symbols)
    assert np.array_equal(whole.words(), before)
    assert np.array_equal(whole.unsealed(), np.frombuffer(digest, "<u4"))


@QUICK
@given(st.lists(distributions(), max_size=8), st.binary(min_size=128, max_size=128))
def test_what_was_popped_and_pushed_again_leaves_the_stack_as_it_was(
    rows: list[Rows], seed: bytes
) -> None:
    """Bits-back: drawing latents from the stack costs nothing that is not given back."""
    stack = Stack(np.frombuffer(seed, "<u4").astype(np.uint32), seal=True)
    before = stack.words()
    drawn = [stack.pop(made) for made in rows]
    for symbols, made in zip(reversed(drawn), reversed(rows), strict=True):
        stack.push(symbols, made)
    assert np.array_equal(stack.words(), before)


@QUICK
@given(st.integers(0, 300), st.integers(0, 2**32 - 1))
def test_permutations_and_choices(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    stack = Stack.seeded(rng.bytes(32))
    before = stack.words()
    order = rng.permutation(count)
    size = int(rng.integers(1, 1 << 24))
    Permutation(count).push(stack, order)
    Uniform(size).push(stack, size - 1)
    assert Uniform(size).pop(stack) == size - 1
    assert np.array_equal(Permutation(count).pop(stack), order)
    assert np.array_equal(stack.words(), before)


@QUICK
@given(st.lists(st.integers(1, 9), max_size=8), st.integers(0, 2**32 - 1))
def test_a_set_s_choices_are_given_back(sizes: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    stack = Stack(rng.integers(1, 2**32, 40, np.uint32), seal=False)
    before, count = stack.words(), sum(sizes)
    remaining = Remaining(count)
    items = sorted(rng.bytes(6) for _ in range(count))
    batches = [remaining.pop(stack, size) for size in sizes]
    decoded = Decoded()
    for batch in reversed(batches):
        decoded.push(stack, [items[index] for index in batch])
    assert np.array_equal(stack.words(), before)
    with pytest.raises(StackExhaustedError):
        Remaining(1 << 10).pop(Stack.seeded(bytes(32)), 600)


@QUICK
@given(st.integers(0, 3000), st.floats(1, 150), st.floats(0, 200), st.integers(1, 40))
def test_schedules_are_whole(count: int, mean: float, gain: float, blocks: int) -> None:
    """Batches sum to the images; every parent is earlier; on a tour it is a neighbour."""
    need, budget = Need(mean, 25.0), Budget(gain, blocks)
    iid = iid_sizes(count, need, budget)
    assert sum(iid) == count and all(a >= b for a, b in pairwise(iid))
    assert (STRATEGIES["iid"].schedule(iid).parents == -1).all()
    sizes = tour_sizes(count, need, budget)
    schedule = STRATEGIES["tour"].schedule(sizes)
    assert unpack_runs(pack_runs(sizes), count, len(sizes) + 1) == sizes
    starts = np.repeat(schedule.starts, schedule.sizes)
    assert len(schedule.parents) == count and (schedule.parents < starts).all()
    order = lay_tour(np.arange(count), sizes)
    assert np.array_equal(np.sort(order), np.arange(count))
    child = np.flatnonzero(schedule.parents >= 0)
    assert (np.abs(order[child] - order[schedule.parents[child]]) == 1).all()


@QUICK
@given(
    st.lists(st.tuples(st.lists(st.integers(1, 512), max_size=9), st.integers(0, 99)), min_size=1,
             max_size=5),
    st.sampled_from(["keep", "any"]), NAMES, st.booleans(), st.integers(1, 65_535),
)  # fmt: skip
def test_headers_come_back(
    shards: list[tuple[list[int], int]], order: str, name: str, permuted: bool, side: int
) -> None:
    header = Header(
        model_id=bytes(range(32)), model_name="m", profile="int15", coder="ans", order=order,
        spec=ImageSpec(name, "uint8", "nchw", (3, 7), 0), shape=(1, 1, side),
        shards=tuple(
            ShardHeader(sum(sizes) + (more if sizes else 0), sum(sizes), "iid", permuted,
                        tuple(sizes), more + 1)
            for sizes, more in shards
        ),
    )  # fmt: skip
    assert Header.from_bytes(header.to_bytes()) == header
