"""From a model and its images to all that a page shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acncodec.analysis.image_costs import ImageCosts, image_costs
from acncodec.analysis.nearest import nearest_of_all
from acncodec.explore.exploration import Exploration, Ints, Near, Subject, Tour
from acncodec.explore.planes import planes_of
from acncodec.families.family import CODES, LIKELIHOOD
from acncodec.images import DataSet
from acncodec.models.encode import encode_images
from acncodec.models.frozen import FrozenModel
from acncodec.models.selftest import check_products
from acncodec.ordering.tours import greedy_tour, solve_path
from acncodec.run.progress import Progress, silent
from acncodec.run.workers import Workers

GREEDY = "greedy"


@dataclass(frozen=True)
class Choices:
    """What may be chosen.

    seed: of posterior samples and of t-SNE; neighbours: of each image; samples: posterior samples
    for the cost of an image, 0 for no costs; solver: of the tour, `greedy` or, where the code of
    one image prices the latent of another, `improved`.
    """

    seed: int = 0
    neighbours: int = 8
    samples: int = 1
    solver: str = GREEDY


def survey(
    model: FrozenModel,
    data: DataSet,
    rows: Ints,
    labels: NDArray[Any] | None,
    name: str,
    choices: Choices,
    workers: Workers,
    progress: Progress = silent,
) -> Exploration:
    """Look at the images `rows` (N,) of `data`, which the model must fit.

    labels: of all images of `data`; name: that of the data. Within `workers` products use one
    thread each, so that neither their threads nor their batches change anything.
    Raises `ModelError` for a tour that the model has no prices for.
    """
    pixels = data.pixels[rows]
    flat = pixels.reshape(len(pixels), -1)
    notes = []
    near, tour, features, called = [], None, flat, "pixels"
    if model.can(CODES):
        progress("encoding", 0.0)
        check_products(model)
        codes = encode_images(model, pixels, workers, data.levels)
        features, called = model.latents.points(codes), "codes"
        progress("a tour", 0.1)
        tour = _tour(model, codes, features, choices.solver)
        progress("neighbours by code", 0.2)
        near.append(Near("code", nearest_of_all(features, choices.neighbours)))
    else:
        notes.append(
            f"The model {model.name} has no codes: images lie where their pixels say, and there is"
            " no tour."
        )
    progress("neighbours by pixels", 0.3)
    near.append(Near("pixels", nearest_of_all(flat, choices.neighbours)))
    progress("planes", 0.4)
    planes = planes_of(features, choices.seed)
    progress("pricing", 0.6)
    costs = _costs(model, pixels, data.levels, choices, notes)
    subject = Subject(name, model.name, data.count, called)
    taken = None if labels is None else labels[rows]
    return Exploration(
        subject, pixels, data.levels, rows, planes, tuple(near), taken, costs, tour, tuple(notes)
    )


def _tour(model: FrozenModel, codes: Ints, points: Ints, solver: str) -> Tour:
    if solver == GREEDY:
        tour = greedy_tour(points)
    else:
        tour = solve_path(model.latents.prices(), codes, solver)
    places = np.empty(len(tour), np.int64)
    places[tour] = np.arange(len(tour))
    return Tour(places, solver)


def _costs(
    model: FrozenModel, pixels: NDArray[Any], levels: int, choices: Choices, notes: list[str]
) -> ImageCosts | None:
    if not model.can(LIKELIHOOD):
        notes.append(f"The model {model.name} has no likelihood, so that images cost nothing.")
        return None
    if not choices.samples:
        notes.append("What images cost was left out.")
        return None
    return image_costs(model, pixels, choices.samples, choices.seed, levels)
