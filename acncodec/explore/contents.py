"""What a page's script reads: an exploration as JSON, its numbers packed."""

from __future__ import annotations

from typing import Any

import numpy as np

from acncodec.explore.classes import classes_of
from acncodec.explore.exploration import Exploration
from acncodec.explore.packing import packed, packed_indexes
from acncodec.explore.sprites import Sheets

EXTREMES = 12
"""Of the dearest and of the cheapest images."""


def contents(exploration: Exploration, sheets: Sheets) -> dict[str, Any]:
    """Values that JSON knows.

    Arrays are `packed`; images are named by their place in the exploration, but in `rows`.
    """
    count = exploration.count
    return {
        "count": count,
        "rows": packed_indexes(exploration.rows, exploration.subject.total),
        "sheets": {
            "height": sheets.height,
            "width": sheets.width,
            "columns": sheets.columns,
            "capacity": sheets.capacity,
        },
        "planes": [
            {"name": plane.name, "points": packed(plane.points), "axes": plane.axes}
            for plane in exploration.planes
        ],
        "near": [
            {
                "name": near.name,
                "each": near.rows.shape[1],
                "rows": packed_indexes(near.rows, count),
            }
            for near in exploration.near
        ],
        "labels": _labels(exploration),
        "bits": _bits(exploration),
        "places": None
        if exploration.tour is None
        else packed_indexes(exploration.tour.places, count),
    }


def _labels(exploration: Exploration) -> dict[str, Any] | None:
    if exploration.labels is None:
        return None
    classes = classes_of(exploration.labels)
    return {
        "names": classes.names,
        "colours": classes.colours,
        "of": packed_indexes(classes.of, len(classes.names)),
    }


def _bits(exploration: Exploration) -> dict[str, Any] | None:
    costs = exploration.costs
    if costs is None:
        return None
    cheapest = np.argsort(costs.bits, kind="stable")
    dearest = np.argsort(-costs.bits, kind="stable")
    return {
        "reconstruction": packed(costs.reconstruction_bits.astype(np.float32)),
        "kl": packed(costs.kl_bits.astype(np.float32)),
        "cheapest": cheapest[:EXTREMES].tolist(),
        "dearest": dearest[:EXTREMES].tolist(),
    }
