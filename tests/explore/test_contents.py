"""What the page's script reads: each array as it was, each name as it is."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
from explorations import STUB, data_of, made_up
from tiny import blobs

from acncodec.explore.contents import EXTREMES, contents
from acncodec.explore.page import to_html
from acncodec.explore.sprites import sprite_sheets

IMAGES = blobs(40, 2)
LABELS = np.array(["a", "b", "c", "a"] * 10)
MADE = made_up(IMAGES, 2, LABELS)


def test_arrays_come_back_as_they_were() -> None:
    found = data_of(to_html(MADE, STUB))
    assert found["count"] == 40 and found["rows"].tolist() == [*range(40)]
    for plane, told in zip(MADE.planes, found["planes"], strict=True):
        assert np.array_equal(told["points"].reshape(40, 2), plane.points)
        assert told["name"] == plane.name
        assert told["axes"] == (None if plane.axes is None else list(plane.axes))
    for near, told in zip(MADE.near, found["near"], strict=True):
        assert np.array_equal(told["rows"].reshape(40, told["each"]), near.rows)
    assert MADE.tour is not None and np.array_equal(found["places"], MADE.tour.places)
    names = np.array(found["labels"]["names"])
    assert np.array_equal(names[found["labels"]["of"]], LABELS)
    assert found["sheets"] == {"height": 8, "width": 8, "columns": 7, "capacity": 7 * 512}


def test_the_dearest_and_the_cheapest_are_the_ends_of_the_costs() -> None:
    found = data_of(to_html(MADE, STUB))["bits"]
    assert MADE.costs is not None
    order = np.argsort(MADE.costs.bits)
    assert found["cheapest"] == order[:EXTREMES].tolist()
    assert found["dearest"] == order[::-1][:EXTREMES].tolist()
    assert np.allclose(found["reconstruction"] + found["kl"], MADE.costs.bits)


def test_what_is_not_known_is_null() -> None:
    bare = replace(MADE, labels=None, costs=None, tour=None, near=MADE.near[1:])
    found = contents(bare, sprite_sheets(IMAGES, 2))
    assert (found["labels"], found["bits"], found["places"]) == (None, None, None)
    json.dumps(found, allow_nan=False)


def test_rows_are_those_of_the_whole_set() -> None:
    subject = replace(MADE.subject, total=70_000)
    rows = np.arange(40) * 1700
    found = data_of(to_html(replace(MADE, subject=subject, rows=rows), STUB))
    assert np.array_equal(found["rows"], rows)
