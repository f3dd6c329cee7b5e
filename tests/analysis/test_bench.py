"""Bound, ideal and file: they meet, and the differences add up."""

from __future__ import annotations

import numpy as np
import pytest
from level_sets import level_set, model_of
from tiny import blobs

from acncodec.analysis.bench import bench_dataset
from acncodec.codec import CompressOptions
from acncodec.errors import DataError
from acncodec.images import DataSet, ImageSpec, SideArray
from acncodec.models.frozen import FrozenModel


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
    kind = baseline.family.name
    unordered = result["orderings"]["iid"]["bound_nats"]
    assert ("trained_prior_bound_nats" in result) == (kind != "pixelcnn")
    if kind == "pixelcnn":
        assert unordered == pytest.approx(result["reconstruction_nats"])
        assert result["orderings"]["iid"]["bound_standard_error"] == 0.0
        assert gap["discretisation"] == 0.0 and abs(gap["sampling"]) < 1e-3
    else:
        assert result["trained_prior_bound_nats"] > result["reconstruction_nats"]
        assert result["trained_prior_bound_nats"] != pytest.approx(unordered, abs=0.01)


@pytest.mark.parametrize("kind", ["grey", "rgb"])
def test_images_of_many_levels_meet_their_bound(kind: str) -> None:
    """There are no latents: what is left is the rounding of networks and frequencies."""
    result = bench_dataset(level_set(kind, 30, 7), model_of(kind), samples=2)
    row = result["orderings"]["iid"]
    gap = row["difference_nats"]
    assert row["restored_exactly"]
    assert sum(gap.values()) == pytest.approx(row["file_nats"] - row["bound_nats"])
    assert row["bound_standard_error"] == 0.0 and gap["discretisation"] == 0.0
    bound = row["bound_nats"]
    assert 0.0 < abs(gap["integer_networks"]) < 2e-3 * bound
    assert 0.0 < abs(gap["frequency_rounding"]) < 2e-3 * bound
    assert abs(gap["sampling"]) < 1e-3 * bound


def test_orderings_follow_the_order(tiny_model: FrozenModel) -> None:
    result = bench_dataset(dataset(30), tiny_model, CompressOptions("keep"), samples=2)
    assert list(result["orderings"]) == ["iid", "tour"]


def test_an_empty_set_is_refused(tiny_model: FrozenModel) -> None:
    with pytest.raises(DataError):
        bench_dataset(dataset(0), tiny_model)
