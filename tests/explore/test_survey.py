"""A survey: what a page tells is what the other commands tell."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tiny import frozen

from acncodec.analysis.image_costs import image_costs
from acncodec.analysis.nearest import nearest_rows
from acncodec.errors import ModelError
from acncodec.explore.exploration import Exploration
from acncodec.explore.survey import Choices, survey
from acncodec.families.family import CODES
from acncodec.images import DataSet
from acncodec.images.recognised import recognise
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.ordering.tours import greedy_tour, solve_path
from acncodec.run.workers import Workers

ROWS = np.arange(1, 40, 2)


@pytest.fixture
def data(images: NDArray[np.uint8]) -> DataSet:
    return recognise({"x": images[:, 0], "y": np.arange(len(images)) % 3})


def looked(
    model: FrozenModel, data: DataSet, choices: Choices, threads: int = 1, batch: int = 256
) -> Exploration:
    with Workers(threads, batch) as workers:
        return survey(model, data, ROWS, np.arange(40) % 3, "set", choices, workers)


def test_neighbours_tour_and_costs_are_those_of_the_images_taken(
    tiny_model: FrozenModel, data: DataSet
) -> None:
    found = looked(tiny_model, data, Choices(5, 4, 2))
    pixels = data.pixels[ROWS]
    with Workers(1, 256) as workers:
        codes = encode_images(tiny_model, pixels, workers)
    every = np.arange(len(ROWS))
    assert np.array_equal(found.pixels, pixels) and np.array_equal(found.rows, ROWS)
    assert found.labels is not None and np.array_equal(found.labels, ROWS % 3)
    by_code, by_pixels = found.near
    assert (by_code.name, by_pixels.name) == ("code", "pixels")
    assert np.array_equal(by_code.rows, nearest_rows(codes, every, 4))
    assert np.array_equal(by_pixels.rows, nearest_rows(pixels.reshape(20, -1), every, 4))
    assert found.tour is not None
    assert np.array_equal(np.argsort(found.tour.places), greedy_tour(codes))
    assert found.costs is not None
    assert np.array_equal(found.costs.bits, image_costs(tiny_model, pixels, 2, 5).bits)
    assert [plane.name for plane in found.planes] == ["PCA", "t-SNE"]
    assert found.subject.features == "codes" and found.subject.total == 40


def test_an_improved_tour_is_that_of_the_solver(tiny_model: FrozenModel, data: DataSet) -> None:
    found = looked(tiny_model, data, Choices(samples=0, solver="improved"))
    with Workers(1, 256) as workers:
        codes = encode_images(tiny_model, data.pixels[ROWS], workers)
    expected = solve_path(tiny_model.latents.prices(), codes, "improved")
    assert found.tour is not None and found.tour.solver == "improved"
    assert np.array_equal(np.argsort(found.tour.places), expected)


def test_threads_and_batches_change_nothing(tiny_model: FrozenModel, data: DataSet) -> None:
    first = looked(tiny_model, data, Choices(2, samples=0))
    second = looked(tiny_model, data, Choices(2, samples=0), threads=3, batch=7)
    for one, other in zip(first.planes, second.planes, strict=True):
        assert np.array_equal(one.points, other.points)
    for near, far in zip(first.near, second.near, strict=True):
        assert np.array_equal(near.rows, far.rows)


def test_every_family_has_a_page(baseline: FrozenModel, data: DataSet) -> None:
    found = looked(baseline, data, Choices())
    has_codes = baseline.can(CODES)
    assert [near.name for near in found.near] == ["code", "pixels"][not has_codes :]
    assert (found.tour is not None) == has_codes
    assert found.subject.features == ("codes" if has_codes else "pixels")
    assert any("has no codes" in note for note in found.notes) != has_codes
    assert len(found.planes) == 2 and found.costs is not None


def test_a_family_without_a_likelihood_has_no_costs(data: DataSet) -> None:
    found = looked(frozen(1, "autoencoder"), data, Choices())
    assert found.costs is None
    assert any("no likelihood" in note for note in found.notes)


def test_costs_may_be_left_out(tiny_model: FrozenModel, data: DataSet) -> None:
    found = looked(tiny_model, data, Choices(samples=0))
    assert found.costs is None and any("left out" in note for note in found.notes)


def test_no_tour_is_improved_where_no_code_prices_another_latent(
    baseline: FrozenModel, data: DataSet
) -> None:
    if not baseline.can(CODES):
        pytest.skip("a model without codes has no tour at all")
    with pytest.raises(ModelError):
        looked(baseline, data, Choices(samples=0, solver="improved"))
