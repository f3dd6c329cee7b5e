"""Strategies as points: which may stand beside the paper, and what an order saves."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from made_results.everything import write_results
from made_results.files import bench, ordering
from made_results.models import model
from made_results.origin import OTHER_SHA

from acncodec.analysis.paper import is_its_draw, is_test_set
from acncodec.report.points import (
    Point,
    images_label,
    largest,
    on_test_set,
    points_of,
    points_of_others,
    same_family,
    saved_bits,
)
from acncodec.report.results import load_results
from acncodec.report.subject import find_subject

LOG2_ORDERS = math.lgamma(10_001) / math.log(2)


def points(folder: Path, *benches: dict[str, Any]) -> tuple[Point, ...]:
    files = {f"{number}.json": value for number, value in enumerate(benches)}
    results = load_results([write_results(folder, {"model.json": model(), **files})])
    return points_of(results, find_subject(results))


def test_points_are_of_the_model_and_the_main_coder_small_sets_first(folder: Path) -> None:
    results = load_results([folder])
    subject = find_subject(results)
    mine = points_of(results, subject)
    assert [(point.bench.images, point.strategy) for point in mine] == [
        (100, "iid"), (100, "tour"), (100, "set"),
        (10_000, "iid"), (10_000, "tour"), (10_000, "set"), (10_000, "urn"),
    ]  # fmt: skip
    assert {point.bench.coder for point in points_of(results, subject, coder=None)} == {
        "ans", "torchac",
    }  # fmt: skip
    assert [point.bench.model_sha256 for point in points_of_others(results, subject)] == [OTHER_SHA]


@pytest.mark.parametrize(
    ("data", "images", "whether"),
    [
        ("acncodec/data/mnist-test-binary.npz", 10_000, True),
        ("t10k-binarized.npz", 10_000, True),
        ("mnist-500.npz", 500, False),
        ("mnist-train-10000.npz", 10_000, False),
        ("fashion-mnist.npz", 10_000, False),
    ],
)
def test_what_is_the_test_set(data: str, images: int, whether: bool) -> None:
    assert is_test_set(data, images) == whether


@pytest.mark.parametrize(
    ("data", "whether"),
    [
        ("build/mnist-static-test.npz", True),
        ("a\\MNIST-static.npz", True),
        ("mnist-test.npz", False),
    ],
)
def test_what_is_the_papers_draw(data: str, whether: bool) -> None:
    assert is_its_draw(data) == whether


def test_of_two_draws_of_the_test_set_the_papers_is_the_largest(tmp_path: Path) -> None:
    other, static = bench(data="z/mnist-test.npz"), bench(data="b/mnist-static-test.npz")
    found = points(tmp_path, other, static)
    assert on_test_set(found) == found
    assert [point.data_name for point in largest(found)] == ["mnist-static-test.npz"] * 3
    (alone,) = {point.data_name for point in largest(points(tmp_path / "alone", other))}
    assert alone == "mnist-test.npz"


def test_kept_order_does_not_stand_beside_the_paper(tmp_path: Path) -> None:
    found = points(tmp_path, bench(order="keep"), bench(100))
    assert on_test_set(found) == ()
    assert {point.bench.images for point in largest(found)} == {100}


def test_saved_bits_against_iid_of_another_file(tmp_path: Path) -> None:
    found = points(tmp_path, bench(), bench(orderings={"urn": ordering(72.0)}))
    saved = {point.strategy: saved_bits(point, found) for point in found}
    assert saved["iid"] is None
    assert saved["tour"] == pytest.approx(6.0 * 10_000 / math.log(2))
    assert saved["urn"] == pytest.approx(8.0 * 10_000 / math.log(2))


def test_nothing_is_saved_against_another_data_set(tmp_path: Path) -> None:
    found = points(tmp_path, bench(), bench(data="else.npz", orderings={"urn": ordering(72.0)}))
    assert [saved_bits(point, found) for point in found if point.strategy == "urn"] == [None]


@pytest.mark.parametrize(
    ("strategy", "order", "sign"),
    [("iid", "any", 0), ("tour", "any", 0), ("tour", "keep", 1), ("set", "any", -1),
     ("urn", "any", -1)],
)  # fmt: skip
def test_what_the_order_adds_to_a_bound(
    tmp_path: Path, strategy: str, order: str, sign: int
) -> None:
    (point,) = points(tmp_path, bench(order=order, orderings={strategy: ordering(74.0)}))
    assert point.orders_bits == pytest.approx(LOG2_ORDERS)
    assert point.order_nats == pytest.approx(sign * LOG2_ORDERS * math.log(2) / 10_000)


def test_other_kinds_of_data_are_named_and_kept_out_of_the_lines(tmp_path: Path) -> None:
    found = points(tmp_path, bench(), bench(100), bench(data="a/fashion-1000.npz", images=1000))
    assert {point.family for point in found} == {"mnist", "fashion"}
    assert [point.bench.images for point in same_family(found)] == [100] * 3 + [10_000] * 3
    labels = dict.fromkeys(images_label(point, found) for point in found)
    assert list(labels) == ["100", "1,000 (fashion-1000.npz)", "10,000"]


def test_two_data_sets_of_one_size_are_named(tmp_path: Path) -> None:
    found = points(tmp_path, bench(100), bench(100, data="mnist-other.npz"))
    labels = dict.fromkeys(images_label(point, found) for point in found)
    assert list(labels) == ["100 (mnist-100.npz)", "100 (mnist-other.npz)"]


def test_an_unknown_strategy_is_shown_by_its_name(tmp_path: Path) -> None:
    (point,) = points(tmp_path, bench(order="keep", orderings={"tree": ordering(74.0)}))
    assert point.description == "`tree`, order kept"


def test_a_tour_of_another_solver_is_not_called_greedy(tmp_path: Path) -> None:
    found = points(tmp_path, bench() | {"solver": "improved"})
    (tour,) = (point for point in found if point.strategy == "tour")
    assert tour.solver == "improved" and tour.label == "`tour`, improved"
    assert "greedy" not in tour.description
    assert {point.solver for point in found if point.strategy != "tour"} == {""}
