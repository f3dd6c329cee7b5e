"""Whole data sets to files and back: every array, every order, every edge."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from reading import decoded
from sets import dataset, labels, packed, unpacked
from tiny import SIZE, blobs

from acncodec.codec import CompressOptions, compress_dataset
from acncodec.codec.compare import same_data
from acncodec.container import archive_bytes, read_archive
from acncodec.errors import CoderError
from acncodec.images import DataSet, SideArray
from acncodec.models.frozen import FrozenModel
from acncodec.ordering import strategies
from acncodec.ordering.plan import Task


def pairs(data: DataSet) -> list[tuple[bytes, bytes]]:
    return sorted(
        (image.tobytes(), label.tobytes())
        for image, label in zip(data.pixels, data.side[0].array, strict=True)
    )


def assert_same(back: DataSet, data: DataSet) -> None:
    assert np.array_equal(back.pixels, data.pixels)
    assert back.spec == data.spec
    for got, given_ in zip(back.side, data.side, strict=True):
        assert (got.name, got.aligned) == (given_.name, given_.aligned)
        assert got.array.dtype == given_.array.dtype and got.array.shape == given_.array.shape
        assert got.array.tobytes() == given_.array.tobytes()


@pytest.mark.parametrize("ordering", ["iid", "tour", "auto"])
def test_keep_gives_back_exactly_what_went_in(
    tiny_model: FrozenModel, tmp_path: Path, ordering: str
) -> None:
    pixels = blobs(150, seed=4)
    data = dataset(pixels, labels(150), SideArray("note", np.array(["a", "bc"]), aligned=False))
    blob = packed(data, tiny_model, order="keep", ordering=ordering)
    assert_same(unpacked(blob, tiny_model, tmp_path, threads=1, batch=7), data)


@pytest.mark.parametrize("ordering", ["iid", "tour", "set", "urn"])
def test_any_restores_the_set_with_matching_labels(
    tiny_model: FrozenModel, tmp_path: Path, ordering: str
) -> None:
    data = dataset(np.concatenate([blobs(60, 5), blobs(30, 5)]), labels(90))
    blob = packed(data, tiny_model, order="any", ordering=ordering)
    back = unpacked(blob, tiny_model, tmp_path)
    assert pairs(back) == pairs(data)
    shuffled = np.random.default_rng(0).permutation(90)
    again = dataset(
        data.pixels[shuffled], replace(data.side[0], array=data.side[0].array[shuffled])
    )
    second = unpacked(packed(again, tiny_model, order="any", ordering="iid"), tiny_model, tmp_path)
    assert_same(second, back)


def test_threads_and_batch_change_no_byte(tiny_model: FrozenModel) -> None:
    data = dataset(blobs(120, seed=6), labels(120))
    for order in ("keep", "any"):
        for ordering in ("iid", "tour", "auto"):
            one = packed(data, tiny_model, order=order, ordering=ordering, threads=1, batch=7)
            two = packed(data, tiny_model, order=order, ordering=ordering, threads=2, batch=256)
            assert one == two


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("ordering", ["iid", "tour", "set", "urn", "auto"])
def test_tiny_sets(
    tiny_model: FrozenModel, tmp_path: Path, count: int, order: str, ordering: str
) -> None:
    if ordering in ("set", "urn") and order == "keep":
        with pytest.raises(CoderError):
            packed(dataset(blobs(count, seed=7)), tiny_model, order=order, ordering=ordering)
        return
    data = dataset(blobs(count, seed=7), labels(count))
    back = unpacked(packed(data, tiny_model, order=order, ordering=ordering), tiny_model, tmp_path)
    assert pairs(back) == pairs(data)
    if order == "keep":
        assert_same(back, data)


CONTENT = {
    "black": np.zeros((50, 1, SIZE, SIZE), np.uint8),
    "white": np.ones((50, 1, SIZE, SIZE), np.uint8),
    "noise": np.random.default_rng(8).integers(0, 2, (50, 1, SIZE, SIZE)).astype(np.uint8),
    "twice": np.repeat(blobs(25, 9), 2, 0),
    "one pixel": np.eye(64, dtype=np.uint8).reshape(64, 1, SIZE, SIZE),
}


@pytest.mark.parametrize("name", CONTENT)
@pytest.mark.parametrize("order", ["keep", "any"])
def test_extreme_content(tiny_model: FrozenModel, tmp_path: Path, name: str, order: str) -> None:
    data = dataset(CONTENT[name], labels(len(CONTENT[name])))
    back = unpacked(packed(data, tiny_model, order=order), tiny_model, tmp_path)
    assert pairs(back) == pairs(data)
    if order == "keep":
        assert_same(back, data)


@pytest.mark.parametrize("order", ["keep", "any"])
@pytest.mark.parametrize("ordering", ["iid", "tour", "auto"])
def test_a_doubled_set_costs_one_set_and_its_duplicates(
    tiny_model: FrozenModel, tmp_path: Path, order: str, ordering: str
) -> None:
    once = np.unique(blobs(80, 10), axis=0)
    count = len(once)
    again = np.random.default_rng(10).permutation(count)
    data = dataset(np.concatenate([once, once[again]]), labels(2 * count))
    sizes = {}
    for name, one in (("once", dataset(once)), ("twice", data)):
        file = io.BytesIO()
        stats = compress_dataset(one, tiny_model, CompressOptions(order, ordering), file)
        assert stats.distinct == count
        sizes[name] = stats.file_bytes - stats.side_bytes
    (tmp_path / "file.acn").write_bytes(file.getvalue())
    archive = read_archive(tmp_path / "file.acn")
    duplicates = archive_bytes(archive.header, archive.sections).duplicates[0]
    # 40 bytes: other latents are drawn from another digest, and the header holds one number more.
    assert sizes["twice"] <= sizes["once"] + duplicates + 40
    assert same_data(data, decoded(tmp_path / "file.acn", tiny_model), order)


def drifting(count: int, seed: int, share: float) -> NDArray[np.uint8]:
    """Images (count, 1, 8, 8) of which each is the one before but for a share of its pixels."""
    rng = np.random.default_rng(seed)
    changes = (rng.random((count, 1, SIZE, SIZE)) < share).astype(np.uint8)
    changes[:1] = blobs(1, seed)
    return np.bitwise_xor.accumulate(changes)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(0, 80), st.integers(0, 2**32 - 1), st.floats(0, 0.5), st.sampled_from("bnd"),
    st.booleans(),
)  # fmt: skip
@example(65, 185, 0.44, "d", True)  # here the estimates alone would take the larger file
def test_keep_is_never_much_larger_than_iid(
    tiny_model: FrozenModel, copying_model: FrozenModel, count: int, seed: int, share: float,
    kind: str, copies: bool,
) -> None:  # fmt: skip
    noise = np.random.default_rng(seed).random((count, 1, SIZE, SIZE)) < share
    pixels = {
        "b": blobs(count, seed), "n": noise.astype(np.uint8), "d": drifting(count, seed, share / 8)
    }[kind]  # fmt: skip
    model = copying_model if copies else tiny_model
    sizes = [
        len(packed(dataset(pixels), model, order="keep", ordering=ordering))
        for ordering in ("auto", "iid")
    ]
    assert sizes[0] <= sizes[1] + 16


def test_keep_stores_no_order_that_only_seemed_to_pay(
    tiny_model: FrozenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Task, "alone_bits", 1e9)
    monkeypatch.setattr(strategies, "schedule_latent_bits", lambda *_, **_options: 0.0)
    data, file = dataset(blobs(80, 4)), io.BytesIO()
    stats = compress_dataset(data, tiny_model, CompressOptions("keep", "auto"), file)
    assert stats.estimates["tour"] < stats.estimates["iid"]
    assert stats.ordering == "iid"
    assert file.getvalue() == packed(data, tiny_model, order="keep", ordering="iid")


def test_keep_stores_an_order_that_pays(copying_model: FrozenModel) -> None:
    file, data = io.BytesIO(), dataset(drifting(100, 3, 0.02))
    stats = compress_dataset(data, copying_model, CompressOptions("keep", "auto"), file)
    assert stats.ordering == "tour"
    assert stats.file_bytes < len(packed(data, copying_model, order="keep", ordering="iid"))


def test_estimates_are_of_every_ordering_that_was_tried(copying_model: FrozenModel) -> None:
    data = dataset(blobs(100, 5))
    for order, ordering, names in (
        ("any", "auto", {"iid", "tour", "set", "urn"}),
        ("keep", "auto", {"iid", "tour"}),
        ("keep", "tour", {"tour"}),
    ):
        options = CompressOptions(order, ordering)
        stats = compress_dataset(data, copying_model, options, io.BytesIO())
        assert set(stats.estimates) == names
        cost = (stats.kl_nats_per_image or 0.0) + (stats.order_nats_per_image or 0.0)
        # Of one draw of latents against another: 4 dimensions, each scattering by about a nat.
        assert stats.estimates[stats.ordering] == pytest.approx(cost, abs=0.5)
    empty = compress_dataset(dataset(blobs(0, 5)), copying_model, CompressOptions(), io.BytesIO())
    assert empty.estimates == {}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(0, 12), st.integers(0, 2**32 - 1), st.floats(0, 1),
    st.sampled_from(["keep", "any"]), st.sampled_from(["iid", "tour", "auto"]),
    st.integers(1, 2), st.integers(1, 9),
)  # fmt: skip
def test_any_binary_images_come_back(
    tiny_model: FrozenModel, tmp_path: Path, count: int, seed: int, density: float, order: str,
    ordering: str, threads: int, batch: int,
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)
    pixels = (rng.random((count, 1, SIZE, SIZE)) < density).astype(np.uint8)
    data = dataset(pixels, labels(count))
    blob = packed(data, tiny_model, order=order, ordering=ordering)
    back = unpacked(blob, tiny_model, tmp_path, threads=threads, batch=batch)
    assert pairs(back) == pairs(data)
    if order == "keep":
        assert_same(back, data)


def test_stats_account_for_every_byte(tiny_model: FrozenModel) -> None:
    data = dataset(blobs(100, 11), labels(100))
    file = io.BytesIO()
    stats = compress_dataset(data, tiny_model, CompressOptions("keep", "tour"), file)
    assert stats.file_bytes == len(file.getvalue())
    assert stats.stack_bytes + stats.other_bytes + stats.side_bytes == stats.file_bytes
    assert stats.other_bytes <= 400
    parts = (
        stats.kl_nats_per_image,
        stats.reconstruction_nats_per_image,
        stats.order_nats_per_image,
    )
    assert sum(part or 0.0 for part in parts) == pytest.approx(stats.ideal_nats_per_image, rel=1e-4)
    assert 256 <= stats.initial_bits < 256 + 64


def test_the_stack_is_close_to_the_ideal(tiny_model: FrozenModel) -> None:
    data = dataset(blobs(1500, 12))
    file = io.BytesIO()
    stats = compress_dataset(data, tiny_model, CompressOptions("any", "iid"), file)
    ideal = (stats.ideal_nats_per_image or 0.0) * stats.images / np.log(2)
    assert 8 * stats.stack_bytes - ideal < 256 + 64 + 1e-3 * ideal


def test_a_set_gets_the_bits_of_its_order_back(tiny_model: FrozenModel) -> None:
    pixels = np.unique(blobs(800, 18), axis=0)
    file = io.BytesIO()
    stats = compress_dataset(dataset(pixels), tiny_model, CompressOptions("any", "set"), file)
    refund = -(stats.order_nats_per_image or 0.0) * len(pixels)
    assert refund == pytest.approx(math.lgamma(len(pixels) + 1), rel=1e-3)
    alone = compress_dataset(
        dataset(pixels), tiny_model, CompressOptions("any", "iid"), io.BytesIO()
    )
    assert 8 * (alone.stack_bytes - stats.stack_bytes) * math.log(2) == pytest.approx(
        refund, abs=6 * math.sqrt(len(pixels))
    )


@pytest.mark.parametrize(("alpha", "kernel"), [(1, 0), (2**32 - 1, 0), (3, 1), (1, 4096)])
def test_any_urn_comes_back_from_other_threads_and_batches(
    tiny_model: FrozenModel, tmp_path: Path, alpha: int, kernel: int
) -> None:
    pixels = np.concatenate([blobs(150, 21), blobs(20, 21)])
    data = dataset(pixels, labels(len(pixels)))
    options = {"order": "any", "ordering": "urn", "alpha": alpha, "kernel": kernel}
    blob = packed(data, tiny_model, threads=2, batch=11, **options)
    assert blob == packed(data, tiny_model, threads=1, batch=256, **options)
    assert pairs(unpacked(blob, tiny_model, tmp_path, threads=1, batch=7)) == pairs(data)
    header = read_archive(tmp_path / "file.acn").header
    assert header.format_version == 2
    assert (header.shards[0].alpha, header.shards[0].kernel) == (alpha, kernel)
