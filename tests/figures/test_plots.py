"""Plots: PNGs of a set size, the same every time, that change with what they show."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tiny import blobs

from acncodec.analysis.image_costs import ImageCosts
from acncodec.errors import DataError
from acncodec.figures.canvas import Plot
from acncodec.figures.curves import losses
from acncodec.figures.histogram import bits_per_image
from acncodec.figures.scatter import check_classes, matrix, plane
from acncodec.figures.style import CLASSES, DOTS_PER_INCH
from acncodec.training.progress import Report

RNG = np.random.default_rng(0)
POINTS = RNG.standard_normal((60, 3))
LABELS = np.arange(60) % 3


def pixels(content: bytes) -> NDArray[np.uint8]:
    with Image.open(io.BytesIO(content)) as image:
        assert "Software" not in image.info
        return np.asarray(image.convert("RGB"))


def has(page: NDArray[np.uint8], colour: str) -> bool:
    wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
    return bool((np.abs(page.astype(int) - wanted).max(-1) < 8).any())


def test_a_plane_of_classes_has_their_colours() -> None:
    content = plane(POINTS[:, :2], LABELS, "title", (), ("one", "two"))
    page = pixels(content)
    assert page.shape[1] == round(8.6 * DOTS_PER_INCH)
    assert [has(page, colour) for colour in CLASSES[:5]] == [True] * 3 + [False] * 2
    assert plane(POINTS[:, :2], LABELS, "title", (), ("one", "two")) == content
    bare = pixels(plane(POINTS[:, :2], None, "title", ("note",), None))
    assert not any(has(bare, colour) for colour in CLASSES[:3])


def test_names_are_taken_literally() -> None:
    names = np.array(["_a", "$\\bad{$", "c"])[LABELS]
    page = pixels(plane(POINTS[:, :2], names, "costs $1 and $\\frac$", (), None))
    assert all(has(page, colour) for colour in CLASSES[:3])


def test_more_classes_than_colours_are_refused() -> None:
    assert check_classes(None) is None
    assert check_classes(np.arange(10)) is not None
    with pytest.raises(DataError, match="11 classes; no more than 10"):
        check_classes(np.arange(11))


@pytest.mark.parametrize("labels", [LABELS, None])
def test_a_matrix_of_dimensions(labels: NDArray[np.int64] | None) -> None:
    page = pixels(matrix(POINTS, labels, "title", ("note",)))
    assert has(page, CLASSES[0]) == (labels is not None)


def test_more_dimensions_than_a_sheet_has_room_for_are_refused() -> None:
    with pytest.raises(DataError, match="codes of 784 dimensions; no more than 32"):
        matrix(np.zeros((9, 784)), None, "title", ())


def test_a_dimension_that_never_varies_can_be_drawn() -> None:
    pixels(matrix(np.stack([POINTS[:, 0], np.zeros(60)], 1), None, "title", ()))


def test_curves_with_and_without_validation() -> None:
    report = Report(0, 1.0, 0.1, 5.0, 80.0, 1e-3)
    run = [replace(report, step=step, kl_nats=5 - step / 100) for step in range(50, 300, 50)]
    bare = losses(run, "title")
    run[-1] = replace(run[-1], valid_kl_nats=5.0, valid_reconstruction_nats=81.0)
    assert not np.array_equal(pixels(losses(run, "title")), pixels(bare))
    assert pixels(losses(run[:1], "title")).shape == pixels(bare).shape


@pytest.mark.parametrize(
    ("kl_name", "kl", "titles", "note"),
    [
        ("neighbour_kl_nats", 5.0, ["KL + reconstruction", "reconstruction", "KL"], "neighbour"),
        ("code_prior_nats", 5.0, ["codes + reconstruction", "reconstruction", "codes"], "indexes"),
        (None, 0.0, ["reconstruction"], "Means between reports."),
    ],
)
def test_curves_say_what_the_kl_is(
    monkeypatch: pytest.MonkeyPatch, kl_name: str | None, kl: float, titles: list[str], note: str
) -> None:
    seen: list[Plot] = []

    def kept(plot: Plot) -> bytes:
        seen.append(plot)
        return b""

    monkeypatch.setattr(Plot, "png", kept)
    report = Report(50, 1.0, 0.1, kl, 80.0, 1e-3, kl_name=kl_name)
    losses([report, replace(report, step=100, reconstruction_nats=79.0)], "title")
    assert [axes.get_title() for axes in seen[0].figure.axes] == titles
    assert any(note in text.get_text() for text in seen[0].figure.texts)


@pytest.mark.parametrize("count", [1, 3, 40])
def test_bits_of_few_and_many_images(count: int) -> None:
    images = blobs(count, 1)
    costs = ImageCosts(RNG.uniform(20, 40, count), RNG.uniform(1, 3, count))
    page = pixels(bits_per_image(costs, images, 2, "title", ("note",)))
    assert page.shape[1] == round(9.4 * DOTS_PER_INCH)
