"""Bound, ideal and file: they meet, and the differences add up."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import blobs

from acncodec.analysis.bench import bench_dataset
from acncodec.analysis.costs import FloatModel, mean_and_error, tour_parents
from acncodec.analysis.priced import bound_nats
from acncodec.errors import DataError
from acncodec.exact.model import FrozenModel
from acncodec.images import DataSet, ImageSpec, SideArray


def dataset(count: int) -> DataSet:
    side = SideArray("y", np.arange(count) % 10, aligned=True)
    return DataSet(blobs(count, 5), ImageSpec("x", "uint8", "nhw", (0, 1)), (side,))


def test_file_meets_bound_and_differences_add_up(tiny_model: FrozenModel) -> None:
    result = bench_dataset(dataset(600), tiny_model, samples=4)
    for row in result["orderings"].values():
        gap = row["difference_nats"]
        assert row["restored_exactly"]
        assert sum(gap.values()) == pytest.approx(row["file_nats"] - row["bound_nats"])
        assert abs(row["stack_over_bound"]) < 0.05
        assert abs(gap["integer_networks"]) < 0.05 and abs(gap["frequency_rounding"]) < 0.05
        assert abs(gap["discretisation"]) < 0.1
        assert 0.25 < gap["initial_bits"] * 600 / np.log(2) / 256 < 1.5
    assert result["orderings"]["iid"]["difference_nats"]["lane_starts"] == 0.0
    unordered = result["orderings"]["iid"]["bound_nats"]
    assert unordered == pytest.approx(result["unordered_bound_nats"])
    assert {"machine", "versions", "command"} <= set(result)


def test_baselines_meet_their_bounds(baseline: FrozenModel) -> None:
    result = bench_dataset(dataset(400), baseline, samples=4)
    assert list(result["orderings"]) == ["iid", "set"]
    for row in result["orderings"].values():
        gap = row["difference_nats"]
        assert row["restored_exactly"]
        assert sum(gap.values()) == pytest.approx(row["file_nats"] - row["bound_nats"])
        assert abs(row["stack_over_bound"]) < 0.05
        assert abs(gap["integer_networks"]) < 0.05 and abs(gap["frequency_rounding"]) < 0.05
        assert abs(gap["discretisation"]) < 0.1
    kind = baseline.config.kind
    unordered = result["orderings"]["iid"]["bound_nats"]
    assert ("trained_prior_bound_nats" in result) == (kind != "pixelcnn")
    if kind == "pixelcnn":
        assert unordered == pytest.approx(result["reconstruction_nats"])
        assert result["orderings"]["iid"]["bound_standard_error"] == 0.0
        assert gap["discretisation"] == 0.0 and abs(gap["sampling"]) < 1e-3
    else:
        assert result["trained_prior_bound_nats"] > result["reconstruction_nats"]
        assert result["trained_prior_bound_nats"] != pytest.approx(unordered, abs=0.01)


def test_orderings_follow_the_order(tiny_model: FrozenModel) -> None:
    assert list(bench_dataset(dataset(30), tiny_model, order="keep", samples=2)["orderings"]) == [
        "iid",
        "tour",
    ]


def test_a_stored_order_is_part_of_the_bound(tiny_model: FrozenModel) -> None:
    pixels = np.unique(blobs(50, 5), axis=0)
    count = len(pixels)
    data = DataSet(pixels, ImageSpec("x", "uint8", "nhw", (0, 1)))
    loose, _ = bound_nats(data, tiny_model, "tour", "any", 2, 0)
    kept, _ = bound_nats(data, tiny_model, "tour", "keep", 2, 0)
    assert kept - loose == pytest.approx(np.log(np.arange(1, count + 1)).sum() / count)


def test_empty_sets_have_no_bound(tiny_model: FrozenModel) -> None:
    with pytest.raises(DataError):
        bench_dataset(dataset(0), tiny_model)
    with pytest.raises(DataError):
        bound_nats(dataset(0), tiny_model, "iid", "any", 1, 0)


def test_schedule_kl_mixes_both_priors(tiny_model: FrozenModel) -> None:
    floats = FloatModel(tiny_model)
    pixels = blobs(6, 1)
    samples = floats.sample(pixels, np.random.default_rng(0).standard_normal((2, 6, 4)))
    parents = tour_parents(np.array([3, 1, 0, 2, 5, 4]))
    assert parents.tolist() == [1, 3, 0, -1, 5, 2]
    kl = floats.schedule_kl(samples, parents)
    assert np.array_equal(kl[:, 3], samples.unconditional_kl_nats[:, 3])
    one = floats.conditional_kl(samples.z[1, :1], samples.codes[1:2])
    assert kl[1, 0] == pytest.approx(one[0])


def test_standard_error_is_over_samples() -> None:
    mean, error = mean_and_error(np.array([[1.0, 3.0], [3.0, 5.0]]))
    assert (mean, error) == (3.0, pytest.approx(1.0))
